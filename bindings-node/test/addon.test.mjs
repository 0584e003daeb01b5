import assert from 'node:assert/strict';
import { copyFile, link, mkdir, readFile, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { build } from 'esbuild';
import { install, pack } from './support/installed.mjs';
import { run } from './support/run.mjs';

/** @typedef {{ name: string, node: { os: string, cpu: string, libc?: string } }} Row */
/** @type {{ platforms: Row[] }} */
const { platforms } = JSON.parse(await readFile(new URL('../../platforms.json', import.meta.url), 'utf8'));
const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
const pretend = new URL('support/pretend.mjs', import.meta.url).href;

describe('the addon of the package for this platform', () => {
  /** @type {Awaited<ReturnType<typeof pack>>} */
  let packed;
  let project = '';
  /** The name of this platform, and where the project has its addon. */
  let [here, addon] = ['', ''];

  before(async () => {
    packed = await pack();
    project = await install([packed.main, packed.native]);
    [here = ''] = await readdir(join(project, 'node_modules', '@jotgate'));
    addon = join(packageOf(here), `jotgate.${here}.node`);
  });

  after(async () => {
    await rm(packed.folder, { recursive: true });
    await rm(project, { recursive: true });
  });

  const packageOf = (/** @type {string} */ name) => join(project, 'node_modules', '@jotgate', name);

  /** Loads the package as on another system, and says which addon that has loaded. */
  const load = (/** @type {Row['node']} */ { os, cpu, libc = '' }, cwd = project) =>
    run(
      process.execPath,
      [
        ...['--import', pretend, '--eval'],
        `require('jotgate'); console.log(Object.keys(require.cache).filter((file) => file.endsWith('.node')).join())`,
      ],
      { cwd, env: { PRETEND: `${os} ${cpu} ${libc}` } },
    );

  /** The row of this machine: the others' addons are its own under other names. */
  const row = () => /** @type {Row} */ (platforms.find(({ name }) => name === here)).node;

  /** What is said where loading has failed as it should: by an exception, and not by a process that died. */
  const refusal = async (/** @type {ReturnType<typeof load>} */ loading) => {
    const { code, stdout, stderr } = await loading;
    assert.equal(code, 1, stdout + stderr);
    return stderr;
  };

  test('has the platform, and the bytes of its library', async () => {
    const described = JSON.parse(await readFile(join(packageOf(here), 'package.json'), 'utf8'));
    const { os, cpu, libc } = row();
    assert.deepEqual([described.os, described.cpu, described.libc], [[os], [cpu], libc && [libc]]);
    assert.equal(described.version, version);
    const files = [
      'LICENSE-APACHE',
      'LICENSE-MIT',
      'README.md',
      'THIRD-PARTY-LICENSES',
      `jotgate.${here}.node`,
      'package.json',
    ];
    assert.deepEqual((await readdir(packageOf(here))).sort(), files);
  });

  for (const { name, node } of platforms) {
    test(`is loaded on ${name}`, async () => {
      const file = join(packageOf(name), `jotgate.${name}.node`);
      if (name !== here) {
        await mkdir(packageOf(name));
        await link(addon, file);
        await writeFile(join(packageOf(name), 'package.json'), JSON.stringify({ main: `jotgate.${name}.node` }));
      }
      const { stdout, stderr } = await load(node);
      if (name !== here) await rm(packageOf(name), { recursive: true });
      assert.equal(stdout, `${file}\n`, stderr);
    });
  }

  test('there is none for an unknown platform', async () => {
    const said = await refusal(load({ os: 'freebsd', cpu: 'riscv64' }));
    assert.match(
      said,
      /no native part for freebsd-riscv64 here: there is a package for each of linux-x64-gnu, .*npm run build/,
    );
  });

  test('is missed where npm left out optional dependencies', async (t) => {
    const without = await install([packed.main], '--omit=optional');
    t.after(() => rm(without, { recursive: true }));
    const said = await refusal(load(row(), without));
    assert.ok(said.includes(`no native part for ${here} here: neither the package @jotgate/${here} nor `), said);
    assert.ok(said.includes(`--omit=optional`) && said.includes(`npm install @jotgate/${here}@${version}`), said);
  });

  const skip = process.platform !== 'linux' && 'this system has one C library';
  test('is missed where node_modules came from a system with another C library', { skip }, async () => {
    const { os, cpu, libc } = row();
    const other = libc === 'glibc' ? 'musl' : 'glibc';
    const said = await refusal(load({ os, cpu, libc: other }));
    assert.match(said, new RegExp(`but there is @jotgate/${here}: node_modules was made on another system`));
  });

  test('is not loaded when it is cut off or no library', async (t) => {
    await rename(addon, `${addon}.kept`);
    t.after(() => rename(`${addon}.kept`, addon));
    const { length } = await readFile(`${addon}.kept`);
    for (const size of [0, 1000, Math.trunc(length / 2), length - 1]) {
      await copyFile(`${addon}.kept`, addon);
      await truncate(addon, size);
      const said = await refusal(load(row()));
      assert.match(said, new RegExp(`native part for ${here} is here and cannot be loaded .*install again`));
      if (here.startsWith('linux-')) assert.match(said, new RegExp(`cut off after ${String(size)} of`));
    }
    await writeFile(addon, 'no library'.repeat(100));
    assert.match(await refusal(load(row())), /is here and cannot be loaded/);
  });

  test('is not taken when it is of another version', async (t) => {
    const kept = await readFile(addon);
    const other = Buffer.from(kept.toString('latin1').replaceAll(version, '9.9.9'), 'latin1');
    await rename(addon, `${addon}.kept`);
    t.after(() => rename(`${addon}.kept`, addon));
    await writeFile(addon, other);
    const said = await refusal(load(row()));
    assert.ok(
      said.includes(`jotgate ${version} has found the native part of version 9.9.9 for ${here}: two versions`),
      said,
    );
  });

  test('is taken along by a bundler that copies it', async () => {
    const source = join(project, 'app.mjs');
    const use = `createValidator({ issuer: 'me', audience: 'any', secret: 'x'.repeat(32) }).tryValidateSync('x').code`;
    await writeFile(source, `import { createValidator } from 'jotgate'; console.log(${use});`);
    const outdir = join(project, 'bundle');
    await build({
      entryPoints: [source],
      bundle: true,
      platform: 'node',
      logLevel: 'silent',
      loader: { '.node': 'copy' },
      outdir,
    });
    await rename(join(project, 'node_modules'), join(project, 'elsewhere'));
    const printed = await run(process.execPath, [join(outdir, 'app.js')], { cwd: project });
    await rename(join(project, 'elsewhere'), join(project, 'node_modules'));
    assert.equal(printed.stdout, 'malformed_token\n', printed.stderr);
  });
});
