// Runs the cases, scenarios, explanations, imports or documents of a vector file through the public API: runner.mjs VECTORS RAW_REPORT START_INDEX.
// One JSON line each, written before the next begins, so that a crash shows which it was.
import { openSync, readFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import { explain, judge } from './cases.mjs';
import { play } from './scenarios.mjs';
import { parse, textOf } from './vectors.mjs';

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
  const { imported } = await import('./imports.mjs');
  writeSync(output, `${JSON.stringify(imported(testCase))}\n`);
}
for (const testCase of documents.slice(Number(start))) {
  const { loaded } = await import('./documents.mjs');
  writeSync(output, `${JSON.stringify(await loaded(testCase))}\n`);
}
for (const scenario of scenarios.slice(Number(start))) {
  writeSync(output, `${JSON.stringify(await play(scenario, textOf(scenario.policy)))}\n`);
}
