import { docOf } from '../callable.ts';
import { cryptoFunctions } from './crypto.ts';
import { dateFunctions } from './dates.ts';
import { documentFunctions } from './documents.ts';
import { executionFunctions } from './execution.ts';
import { fileFunctions } from './files.ts';
import { numberFunctions } from './numbers.ts';
import { randomFunctions } from './random.ts';
import { renderFunctions } from './render.ts';
import { storeFunctions } from './stores.ts';
import type { CallableDoc, ExpressionFunction } from '../callable.ts';

/** Every function, by the name that templates use; `block` is the compiler's own. */
export const FUNCTIONS: ReadonlyMap<string, ExpressionFunction> = new Map(
  [
    ...cryptoFunctions,
    ...dateFunctions,
    ...documentFunctions,
    ...executionFunctions,
    ...fileFunctions,
    ...numberFunctions,
    ...randomFunctions,
    ...renderFunctions,
    ...storeFunctions,
  ].map((one) => [one.name, one]),
);

const BLOCK: CallableDoc = {
  name: 'block',
  arguments: ['name'],
  description: 'The content of a block of this template.',
};

export const functionDocs: readonly CallableDoc[] = [...[...FUNCTIONS.values()].map(docOf), BLOCK].sort((a, b) =>
  a.name < b.name ? -1 : 1,
);
