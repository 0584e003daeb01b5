// Packs `jotgate/edge` into one file without imports, with the WebAssembly module in the place of the addon, and puts the module beside it
// where it has been built. It is the TypeScript of the package in all else.
import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (/** @type {string} */ path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { version } = JSON.parse(readFileSync(here('package.json'), 'utf8'));

/** What is otherwise here: the native part, and where texts are read. @type {import('esbuild').Plugin} */
const elsewhere = {
  name: 'elsewhere',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\/(native|texts)\.js$/ }, ({ path, importer }) =>
      dirname(importer) === here('ts') ? { path: here(`ts/edge/${path.slice(2, -3)}.ts`) } : undefined,
    );
  },
};

for (const [format, file, url, banner] of /** @type {const} */ ([
  ['esm', 'dist/edge.mjs', 'import.meta.url', ''],
  ['cjs', 'dist/edge.js', 'jotgateHere', "const jotgateHere = require('node:url').pathToFileURL(__filename).href;"],
])) {
  await build({
    entryPoints: [here('ts/edge.ts')],
    outfile: here(file),
    bundle: true,
    format,
    platform: 'neutral',
    target: 'es2022',
    define: { JOTGATE_VERSION: JSON.stringify(version), JOTGATE_HERE: url },
    banner: { js: banner },
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [elsewhere],
  });
}
// What the compiler has made of these is in the one file now; their types are not.
for (const name of readdirSync(here('dist/edge'))) if (name.endsWith('.js')) rmSync(here(`dist/edge/${name}`));
// What bundlers and Workers make of an import of the module.
writeFileSync(here('dist/edge.wasm.d.ts'), 'declare const module: object;\nexport = module;\n');
const module = here('native/jotgate.wasm');
if (existsSync(module)) copyFileSync(module, here('dist/jotgate.wasm'));
else console.warn('jotgate/edge has no module: `make wasm` builds it');
