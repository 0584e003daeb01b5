// Removes what earlier builds left, so that a deleted source leaves no module behind in the package.
import { rmSync } from 'node:fs';

rmSync(new URL('../dist/', import.meta.url), { recursive: true, force: true });
