// The pages that users read, and the programs on them.
import { readFileSync } from 'node:fs';

const root = new URL('../..', import.meta.url);

/** @param {string} file */
function page(file) {
  const text = readFileSync(new URL(file, root), 'utf8');
  const [, ...sections] = text.split(/^## /m);
  return {
    name: file.replaceAll(/\W+/g, '-'),
    text,
    sections: sections
      .map((section) => ({
        heading: section.slice(0, section.indexOf('\n')),
        codes: Array.from(section.matchAll(/^```(js|sh|ts)\n(.*?)^```$/gms), ([, language, code = '']) => ({
          language,
          code,
        })),
      }))
      // Those that have some.
      .filter(({ codes }) => codes.length > 0),
  };
}

/** Every section with programs of each page. */
export const pages = [page('README.md'), page('docs/from-express-oauth2-jwt-bearer.md')];
