// Builds the native half for this platform and puts it where `ts/native.ts` looks for it. `--debug` builds it faster;
// with JOTGATE_LIBRARIES=FOLDER it is taken from there, such as that of the demo and the tests.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import process from 'node:process';

const workspace = fileURLToPath(new URL('../../', import.meta.url));
const destination = fileURLToPath(new URL('../native/', import.meta.url));

/** The file that cargo says it made: its place depends on the environment and on cargo's configuration. */
function build() {
  const profile = process.argv.includes('--debug') ? 'dev' : 'release';
  const arguments_ = ['build', '--profile', profile, '--package', 'jotgate-node', '--features', 'aws-lc'];
  arguments_.push('--message-format', 'json-render-diagnostics');
  const output = execFileSync('cargo', arguments_, {
    cwd: workspace,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const line of output.split('\n')) {
    if (!line.includes('"compiler-artifact"')) continue;
    const { target, filenames } = JSON.parse(line);
    if (target.name === 'jotgate_node')
      return filenames.find((/** @type {string} */ name) => /\.(so|dylib|dll)$/.test(name));
  }
  throw new Error('cargo built no library of the name jotgate_node');
}

function platform() {
  if (process.platform !== 'linux') return `${process.platform}-${process.arch}`;
  const report = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return `linux-${process.arch}-${report.header.glibcVersionRuntime === undefined ? 'musl' : 'gnu'}`;
}

/** @param {string} folder */
function taken(folder) {
  const name = ['libjotgate_node.so', 'libjotgate_node.dylib', 'jotgate_node.dll'].find((file) =>
    existsSync(join(folder, file)),
  );
  if (name === undefined) throw new Error('JOTGATE_LIBRARIES has no library of the name jotgate_node');
  return join(folder, name);
}

const library = process.env['JOTGATE_LIBRARIES'] ? taken(process.env['JOTGATE_LIBRARIES']) : build();
const addon = `${destination}jotgate.${platform()}.node`;
mkdirSync(destination, { recursive: true });
// Renamed into place: overwriting a file that a running process has loaded would crash that process.
copyFileSync(library, `${addon}.new`);
renameSync(`${addon}.new`, addon);
console.log(addon);
