// Uses the installed npm package, with nothing of the source tree in reach.
import assert from 'node:assert/strict';
import { createValidator } from 'jotgate';

const validator = createValidator({
  issuer: 'https://idp.example.com/',
  audience: 'orders',
  secret: 'a secret of at least 32 bytes, which nobody knows',
});
await assert.rejects(validator.validate('eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS8ifQ.'), {
  code: 'algorithm_not_allowed',
});
console.log('the npm package works on its own');
