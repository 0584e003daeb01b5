// Programs in TypeScript with decorators, as JavaScript.
import typescript from 'typescript';

/** @param {string} source */
export const transpiled = (source) =>
  typescript.transpileModule(source, {
    compilerOptions: {
      module: typescript.ModuleKind.ESNext,
      target: typescript.ScriptTarget.ES2022,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    },
  }).outputText;
