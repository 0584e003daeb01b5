// Runs the cases, scenarios, explanations, imports or documents of a vector file through the public API: runner.mjs VECTORS RAW_REPORT START_INDEX.
// One JSON line each, written before the next begins, so that a crash shows which it was.
import { openSync, readFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import { explain, judge } from './cases.mjs';
import { loaded } from './documents.mjs';
import { imported } from './imports.mjs';
import { play } from './scenarios.mjs';

/**
 * JSON, except that integers which a number cannot hold become texts with a mark; `textOf` takes the mark off again.
 * @param {string} text
 * @returns {{ cases?: import('./cases.mjs').Case[], explanations?: import('./cases.mjs').Case[], imports?: import('./imports.mjs').ImportCase[], documents?: import('./documents.mjs').DocumentCase[], scenarios?: import('./scenarios.mjs').Scenario[] }}
 */
function parse(text) {
  const isTooLarge = (/** @type {string} */ token) => /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
  return JSON.parse(text.replace(STRING_OR_NUMBER, (token) => (isTooLarge(token) ? `"${MARK}${token}"` : token)));
}

/** The policy as it is spelled in the file. @param {object} policy */
function textOf(policy) {
  return JSON.stringify(policy).replace(new RegExp(`"${MARK}(-?\\d+)"`, 'g'), '$1');
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARK = 'integer, as spelled: ';

const [vectors = '', report = '', start = '0'] = process.argv.slice(2);
const output = openSync(report, 'a');
const {
  cases = [],
  explanations = [],
  imports = [],
  documents = [],
  scenarios = [],
} = parse(readFileSync(vectors, 'utf8'));
for (const testCase of cases.slice(Number(start))) {
  writeSync(output, `${await judge(testCase, textOf(testCase.policy))}\n`);
}
for (const testCase of explanations.slice(Number(start))) {
  writeSync(output, `${await explain(testCase, textOf(testCase.policy))}\n`);
}
for (const testCase of imports.slice(Number(start))) {
  writeSync(output, `${JSON.stringify(imported(testCase))}\n`);
}
for (const testCase of documents.slice(Number(start))) {
  writeSync(output, `${JSON.stringify(await loaded(testCase))}\n`);
}
for (const scenario of scenarios.slice(Number(start))) {
  writeSync(output, `${JSON.stringify(await play(scenario, textOf(scenario.policy)))}\n`);
}
