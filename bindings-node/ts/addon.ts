/* eslint-disable @typescript-eslint/no-require-imports -- the only way to load an addon */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

/** The JavaScript half works with the addon of its own version alone. */
const VERSION = '0.1.0';

/** The platforms that have a package: the rows of platforms.json. */
const PLATFORMS = [
  'linux-x64-gnu',
  'linux-arm64-gnu',
  'linux-x64-musl',
  'linux-arm64-musl',
  'darwin-arm64',
  'darwin-x64',
  'win32-x64',
];

/**
 * The addon of this platform: that of the package `@jotgate/<platform>`, or in the source tree the one that was built there.
 * @internal
 */
export function loadAddon(): unknown {
  const platform = nameOfPlatform();
  const addon = (fromPackage(platform) ?? fromTree(platform)) as { version?: () => string } | undefined;
  if (addon === undefined) throw new Error(`jotgate has no native part for ${platform} here: ${whyMissing(platform)}`);
  const version = addon.version?.() ?? 'of another time';
  if (version !== VERSION) {
    throw new Error(
      `jotgate ${VERSION} has found the native part of version ${version} for ${platform}: two versions lie side by side; ` +
        `install jotgate anew, so that @jotgate/${platform} is of the same version, or build the source tree anew`,
    );
  }
  return addon;
}

/**
 * Each name stands here literally: bundlers and those that trace files follow what they can read, and what is in a `try` may be
 * missing.
 */
function fromPackage(platform: string): unknown {
  const name = `@jotgate/${platform}`;
  mustBeWhole(platform, installed(platform));
  try {
    switch (platform) {
      case 'linux-x64-gnu':
        return require('@jotgate/linux-x64-gnu');
      case 'linux-arm64-gnu':
        return require('@jotgate/linux-arm64-gnu');
      case 'linux-x64-musl':
        return require('@jotgate/linux-x64-musl');
      case 'linux-arm64-musl':
        return require('@jotgate/linux-arm64-musl');
      case 'darwin-arm64':
        return require('@jotgate/darwin-arm64');
      case 'darwin-x64':
        return require('@jotgate/darwin-x64');
      case 'win32-x64':
        return require('@jotgate/win32-x64');
      default:
        return undefined;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'MODULE_NOT_FOUND' && message.includes(name)) return undefined;
    throw unloadable(platform, name, error);
  }
}

function fromTree(platform: string): unknown {
  const file = treeFile(platform);
  if (!existsSync(file)) return undefined;
  mustBeWhole(platform, file);
  try {
    return require(file);
  } catch (error) {
    throw unloadable(platform, file, error);
  }
}

function treeFile(platform: string): string {
  return join(__dirname, '..', 'native', `jotgate.${platform}.node`);
}

function unloadable(platform: string, what: string, cause: unknown): Error {
  return new Error(
    `jotgate's native part for ${platform} is here and cannot be loaded (${what}): ${(cause as Error).message}; ` +
      'it is damaged, for another C library, or this system is older than the README says: remove node_modules and install again',
    { cause },
  );
}

function whyMissing(platform: string): string {
  if (isBundled())
    return (
      'a bundler has packed jotgate and left it behind; mark jotgate as external (esbuild: --external:jotgate; webpack: ' +
      `externals: { jotgate: 'commonjs jotgate' }), or let it take @jotgate/${platform} along (esbuild: --loader:.node=copy; ` +
      'webpack: node-loader)'
    );
  if (!PLATFORMS.includes(platform))
    return `there is a package for each of ${PLATFORMS.join(', ')}; on others the source tree has to be built (npm run build)`;
  const looked = `neither the package @jotgate/${platform} nor ${treeFile(platform)} is there`;
  const others = PLATFORMS.filter((name) => installed(name) !== undefined);
  if (others.length > 0)
    return (
      `${looked}, but there is @jotgate/${others.join(', @jotgate/')}: node_modules was made on another system; remove it and ` +
      'install on this one'
    );
  return (
    `${looked}. npm leaves optional dependencies out if it is told so (--omit=optional, --no-optional), and if ` +
    'package-lock.json was made on another system: remove node_modules and package-lock.json and install again, or ' +
    `npm install @jotgate/${platform}@${VERSION}`
  );
}

/** A bundler moves this module out of its package. */
function isBundled(): boolean {
  return basename(__filename) !== 'addon.js' || !existsSync(join(__dirname, '..', 'package.json'));
}

/** The addon of a package that is installed, found as `require` would find it; undefined also where that is not in folders. */
function installed(platform: string): string | undefined {
  const folders = createRequire(__filename).resolve.paths('@jotgate') ?? [];
  return folders
    .map((folder) => join(folder, '@jotgate', platform, `jotgate.${platform}.node`))
    .find((file) => existsSync(file));
}

/** The rule and its reason: ARCHITECTURE.md, "Before a native library is loaded". */
function mustBeWhole(platform: string, file: string | undefined): void {
  if (file === undefined || !platform.startsWith('linux-')) return;
  const opened = openSync(file, 'r');
  try {
    const header = Buffer.alloc(64);
    const { size } = fstatSync(opened);
    const isElf = readSync(opened, header) === 64 && header.readUInt32LE(0) === 0x464c457f;
    const whole = isElf ? Number(header.readBigUInt64LE(40)) + header.readUInt16LE(58) * header.readUInt16LE(60) : 64;
    if (size < whole)
      throw unloadable(platform, file, new Error(`it is cut off after ${String(size)} of ${String(whole)} bytes`));
  } finally {
    closeSync(opened);
  }
}

function nameOfPlatform(): string {
  const name = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? `${name}-${usesGlibc() ? 'gnu' : 'musl'}` : name;
}

function usesGlibc(): boolean {
  const report: NodeJS.ProcessReport & { excludeNetwork?: boolean } = process.report;
  const { excludeNetwork = false } = report;
  // Else the report looks up the names of all peers that the process is connected to.
  report.excludeNetwork = true;
  const { header } = report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  report.excludeNetwork = excludeNetwork;
  return header.glibcVersionRuntime !== undefined;
}
