// npm packs what lies beside package.json; the licence texts, ours and that of the cryptography in the addon, lie at the root of
// the repository.
import { copyFileSync } from 'node:fs';

for (const name of ['LICENSE-APACHE', 'LICENSE-AWS-LC', 'LICENSE-MIT']) {
  copyFileSync(new URL(`../../${name}`, import.meta.url), new URL(`../${name}`, import.meta.url));
}
