// npm packs what lies beside package.json; the licence texts, ours and those of the crates in the addon, lie at the root of the
// repository.
import { copyFileSync } from 'node:fs';

for (const name of ['LICENSE-APACHE', 'LICENSE-MIT', 'THIRD-PARTY-LICENSES']) {
  copyFileSync(new URL(`../../${name}`, import.meta.url), new URL(`../${name}`, import.meta.url));
}
