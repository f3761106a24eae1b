import { describe, expect, test } from 'vitest';
import { PAGE_SIZE_MAX, TOTAL_COUNTED_MAX } from '../limits.ts';
import { paged, PageQuery, toPage } from './paging.ts';

describe('a page', () => {
  test('is the first ten when nothing is said', () => {
    expect(toPage(PageQuery.parse({}))).toEqual({ offset: 0, size: 10, sort: [] });
  });

  test('counts from one', () => {
    expect(toPage(PageQuery.parse({ page: '3', size: '25' }))).toMatchObject({ offset: 50, size: 25 });
  });

  test('is never longer than the limit', () => {
    expect(toPage(PageQuery.parse({ size: '999999' }))).toMatchObject({ size: PAGE_SIZE_MAX });
  });

  test.each([{ page: '0' }, { page: '-1' }, { size: '0' }, { size: '-1' }, { page: 'x' }, { size: '1.5' }])(
    'refuses %j',
    (query) => {
      expect(PageQuery.safeParse(query).success).toBe(false);
    },
  );

  test('is sorted by fields in a list or one after the other', () => {
    const sort = [
      { field: 'namespace', isDescending: false },
      { field: 'id', isDescending: true },
    ];
    expect(toPage(PageQuery.parse({ sort: 'namespace:asc,id:desc' })).sort).toEqual(sort);
    expect(toPage(PageQuery.parse({ sort: ['namespace', 'id:DESC'] })).sort).toEqual(sort);
  });
});

describe('the total', () => {
  test('is exact up to the limit', () => {
    expect(paged([], TOTAL_COUNTED_MAX)).toEqual({ results: [], total: TOTAL_COUNTED_MAX });
  });

  test('says so when there are more', () => {
    expect(paged([], TOTAL_COUNTED_MAX + 1)).toEqual({
      results: [],
      total: TOTAL_COUNTED_MAX,
      totalIsLowerBound: true,
    });
  });
});
