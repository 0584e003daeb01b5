// `node --import …/edge.mjs runner.mjs …`: has the programs here use `jotgate/edge` in the place of `jotgate`, and of `jotgate/web`.
import { register } from 'node:module';
import { init } from 'jotgate/edge';

const edge = import.meta.resolve('jotgate/edge');
const hooks = `export const resolve = (name, context, next) =>
  /^jotgate(\\/web)?$/.test(name) ? { url: ${JSON.stringify(edge)}, shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
await init();
