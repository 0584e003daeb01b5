// The page in the browser: judges the cases from the one of its address on, and sends the lines to where it came from.
import { init } from 'jotgate/edge';
import { judge } from './cases.mjs';
import { parse, textOf } from './vectors.mjs';

/** @param {string} to @param {string} text */
const send = (to, text) => fetch(to, { method: 'POST', body: text });

async function run() {
  await init();
  const { cases = [] } = parse(await (await fetch('/vectors')).text());
  const start = Number(new URL(import.meta.url).searchParams.get('start'));
  let lines = '';
  for (const [place, testCase] of cases.entries()) {
    if (place < start) continue;
    lines += `${await judge(testCase, textOf(testCase.policy))}\n`;
    if (lines.length < SENT_AT && place < cases.length - 1) continue;
    await send('/lines', lines);
    lines = '';
  }
}

const SENT_AT = 16 * 1024;

run().then(
  () => send('/end', ''),
  (error) => send('/failed', String(error?.stack ?? error)),
);
