/** Pages of lists: `page` from 1, `size`, `sort=field:asc,field2:desc`. */
import { z } from 'zod';
import { PAGE_SIZE_MAX, TOTAL_COUNTED_MAX } from '../limits.ts';

export interface Page {
  offset: number;
  size: number;
  sort: { field: string; isDescending: boolean }[];
}

/** Query parameters of a list. A size beyond the cap is not an error: clients ask for more than any server gives. */
export const PageQuery = z.object({
  page: z.coerce.number().int().min(1).default(1),
  size: z.coerce
    .number()
    .int()
    .min(1)
    .default(10)
    .transform((size) => Math.min(size, PAGE_SIZE_MAX)),
  sort: z.union([z.string(), z.array(z.string())]).optional(),
});

export function toPage({ page, size, sort = [] }: z.output<typeof PageQuery>): Page {
  return {
    offset: (page - 1) * size,
    size,
    sort: [sort]
      .flat()
      .flatMap((text) => text.split(','))
      .filter(Boolean)
      .map(toSort),
  };
}

function toSort(text: string): Page['sort'][number] {
  const [field = '', direction = 'asc'] = text.trim().split(':');
  return { field, isDescending: direction.toLowerCase() === 'desc' };
}

export interface Paged<Item> {
  results: Item[];
  total: number;
  /** There are more than could be counted in reasonable time. */
  totalIsLowerBound?: true;
}

/** `counted` is the exact number up to one more than the limit. */
export function paged<Item>(results: Item[], counted: number): Paged<Item> {
  return counted > TOTAL_COUNTED_MAX
    ? { results, total: TOTAL_COUNTED_MAX, totalIsLowerBound: true }
    : { results, total: counted };
}

export function pagedOf<Item extends z.ZodType>(item: Item) {
  return z.object({ results: z.array(item), total: z.int(), totalIsLowerBound: z.literal(true).optional() });
}
