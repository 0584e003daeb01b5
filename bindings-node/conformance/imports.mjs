// Reads another gateway's policy through the public API.
import { ImportError, importMulesoft, importWso2 } from 'jotgate';

/** @typedef {{ id: string, kind: 'mulesoft' | 'wso2', text: string }} ImportCase */

/** What the report says of it. @param {ImportCase} testCase */
export function imported({ id, kind, text }) {
  try {
    return { id, import: kind === 'wso2' ? importWso2(text) : importMulesoft(text) };
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    return { id, error: { path: error.path } };
  }
}
