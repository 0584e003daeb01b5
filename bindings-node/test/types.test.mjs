// The README's programs, and how types are inferred, under each manner in which TypeScript finds modules.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pages } from './support/readme.mjs';
import { checks } from './support/readme-checks.mjs';
import { run } from './support/run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

/** What TypeScript is told of modules. @type {[string, object][]} */
const manners = [
  ['NodeNext', { module: 'nodenext', moduleResolution: 'nodenext' }],
  ['bundler', { module: 'esnext', moduleResolution: 'bundler' }],
  ['node', { module: 'esnext', moduleResolution: 'node10', ignoreDeprecations: '6.0' }],
];

/** What the programs find, and what the types of Workers say of theirs. */
const GIVEN = `
declare const token: string;
declare module 'cloudflare:workers' {
  export function waitUntil(promise: Promise<unknown>): void;
}
`;

describe('programs compile under strict', () => {
  let folder = '';
  /** @type {string[]} */
  const files = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jotgate-types-'));
    // As an installed package, which `node` needs.
    await mkdir(join(folder, 'node_modules'));
    for (const name of await readdir(join(root, 'node_modules'))) {
      if (!name.startsWith('.')) await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name));
    }
    await symlink(root, join(folder, 'node_modules', 'jotgate'));
    await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}');
    await writeFile(join(folder, 'given.d.ts'), GIVEN);
    for (const { name, sections } of pages) {
      for (const { heading, codes } of sections) {
        for (const [index, { language, code }] of codes.entries()) {
          if (language === 'sh') continue;
          const file = `${name}-${heading.replaceAll(/\W+/g, '-')}-${index + 1}.ts`;
          const { before: first = '', types } = checks[heading]?.[index] ?? {};
          if (types === false) continue;
          await writeFile(join(folder, file), `${first}\n${code}\nexport {};`);
          files.push(file);
        }
      }
    }
    await writeFile(join(folder, 'inferred.ts'), await readFile(new URL('types/inferred.ts', import.meta.url), 'utf8'));
    files.push('inferred.ts');
  });

  after(() => rm(folder, { recursive: true }));

  for (const [name, modules] of manners) {
    test(name, async () => {
      const compilerOptions = {
        strict: true,
        // The programs on the pages are JavaScript, whose parameters have no types; the others give them all.
        noImplicitAny: false,
        target: 'es2022',
        types: ['node'],
        noEmit: true,
        esModuleInterop: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        // The types of Koa do not fit those of the packages that they use.
        skipLibCheck: true,
        ...modules,
      };
      const config = join(folder, `tsconfig.${name}.json`);
      await writeFile(config, JSON.stringify({ compilerOptions, files: ['given.d.ts', ...files] }));
      const { code, stdout } = await run(process.execPath, [tsc, '--project', config], { cwd: folder });
      assert.equal(code, 0, stdout);
    });
  }
});
