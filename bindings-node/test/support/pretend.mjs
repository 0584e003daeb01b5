// Preloaded: makes this process one of another system, as PRETEND says: platform, architecture and, of Linux, the C library.
import process from 'node:process';

const [platform, arch, libc] = (process.env['PRETEND'] ?? '').split(' ');
Reflect.defineProperty(process, 'platform', { value: platform });
Reflect.defineProperty(process, 'arch', { value: arch });
const header = libc === 'glibc' ? { glibcVersionRuntime: '2.17' } : {};
Reflect.defineProperty(process.report, 'getReport', { value: () => ({ header }) });
