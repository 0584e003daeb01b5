// The text of a vector file as it is needed here: in JavaScript, numbers do not keep all that a policy may say.

/**
 * JSON, except that integers which a number cannot hold become texts with a mark; `textOf` takes the mark off again.
 * @param {string} text
 * @returns {{ cases?: import('./cases.mjs').Case[], explanations?: import('./cases.mjs').Case[], imports?: import('./imports.mjs').ImportCase[], documents?: import('./documents.mjs').DocumentCase[], scenarios?: import('./scenarios.mjs').Scenario[] }}
 */
export function parse(text) {
  const isTooLarge = (/** @type {string} */ token) => /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
  return JSON.parse(text.replace(STRING_OR_NUMBER, (token) => (isTooLarge(token) ? `"${MARK}${token}"` : token)));
}

/** The policy as it is spelled in the file. @param {object} policy */
export function textOf(policy) {
  return JSON.stringify(policy).replace(new RegExp(`"${MARK}(-?\\d+)"`, 'g'), '$1');
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARK = 'integer, as spelled: ';
