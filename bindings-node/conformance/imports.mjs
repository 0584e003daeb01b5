// Reads another gateway's policy through the public API.
import { ImportError, importPolicy } from 'jotgate';

/** @typedef {{ id: string, kind: string, text: string }} ImportCase */

/** What the report says of it. @param {ImportCase} testCase */
export function imported({ id, kind, text }) {
  try {
    return { id, import: importPolicy(kind, text) };
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return { id, error: { path: error.path } };
  }
}
