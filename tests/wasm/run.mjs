// Runs the module with nothing to import, and says what it did.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const INVALID_SIGNATURE = 6001;

const module = new WebAssembly.Module(readFileSync(process.argv[2]));
assert.deepEqual(WebAssembly.Module.imports(module), [], "the core asks its host for something");

const { judge } = new WebAssembly.Instance(module, {}).exports;
const told = [0, 1, 2, 3].map((token) => judge(token));
assert.deepEqual(told, [0, INVALID_SIGNATURE, 0, INVALID_SIGNATURE], "good, forged, good, forged");
console.log("wasm: no imports; HS256 and ES256 accepted, two forged tokens refused");
