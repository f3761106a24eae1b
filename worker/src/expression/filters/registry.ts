import { docOf } from '../callable.ts';
import { caseFilters } from './case.ts';
import { collectionFilters } from './collections.ts';
import { dateFilters } from './dates.ts';
import { documentFilters } from './documents.ts';
import { encodingFilters } from './encodings.ts';
import { hashFilters } from './hashes.ts';
import { numberFilters } from './numbers.ts';
import { textFilters } from './texts.ts';
import type { CallableDoc, Filter } from '../callable.ts';

/** Every filter, by the name that templates use. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map(
  [
    ...caseFilters,
    ...collectionFilters,
    ...dateFilters,
    ...documentFilters,
    ...encodingFilters,
    ...hashFilters,
    ...numberFilters,
    ...textFilters,
  ].map((filter) => [filter.name, filter]),
);

export const filterDocs: readonly CallableDoc[] = [...FILTERS.values()]
  .map(docOf)
  .sort((a, b) => (a.name < b.name ? -1 : 1));
