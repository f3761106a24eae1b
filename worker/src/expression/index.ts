/** The expression language: `{{ … }}` and `{% … %}` in the texts of a flow. */
export { filterDocs } from './filters/registry.ts';
export { functionDocs } from './functions/registry.ts';
export { hasTags } from './lexer.ts';
export { loadParts } from './parts.ts';
export { renderDeep, renderText, renderValue } from './render.ts';
export { scopeOf } from './scope.ts';
export { parseTemplate } from './template.ts';
export { isTruthyText } from './truth.ts';
export { Lookup } from './value.ts';
export type { CallableDoc } from './callable.ts';
export type { ExpressionError, ExpressionErrorCode } from './error.ts';
export type { RenderOptions, Rendered } from './render.ts';
export type { Budget, Template } from './run.ts';
export type { Scope } from './scope.ts';
export type { HttpCall, KvAnswer, MaybePromise, Services } from './services.ts';
export type { DateValue, Value, ValueMap } from './value.ts';
