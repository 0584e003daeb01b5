// Preloaded: makes this process one of another system, as PRETEND says: platform, architecture and, of Linux, the C library.
const process = require('node:process');

const [platform, arch, libc] = (process.env['PRETEND'] ?? '').split(' ');
Object.defineProperty(process, 'platform', { value: platform });
Object.defineProperty(process, 'arch', { value: arch });
const header = libc === 'glibc' ? { glibcVersionRuntime: '2.17' } : {};
Object.defineProperty(process.report, 'getReport', { value: () => ({ header }) });
