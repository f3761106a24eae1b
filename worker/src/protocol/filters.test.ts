import { describe, expect, test } from 'vitest';
import { FILTER_CONDITIONS_MAX, FILTER_VALUES_MAX } from '../limits.ts';
import { parseFilters } from './filters.ts';
import type { Condition, Filter, FilterFields } from './filters.ts';

const fields: FilterFields = {
  namespace: { operators: ['EQUALS', 'PREFIX'], flat: 'PREFIX' },
  state: { operators: ['EQUALS', 'IN'], flat: 'IN' },
  flowId: { operators: ['EQUALS'], flat: 'EQUALS' },
  labels: { operators: ['EQUALS', 'IN'], flat: 'EQUALS', isKeyed: true },
  startDate: { operators: ['GREATER_THAN'] },
  q: { operators: ['EQUALS'], flat: 'EQUALS' },
};

function parse(query: string) {
  return parseFilters(new URLSearchParams(query), fields);
}

function is(field: string, operator: Condition['operator'], ...values: string[]): Condition {
  return { kind: 'condition', field, operator, values };
}

function all(...of: Filter[]) {
  return {
    ok: true,
    value: expect.objectContaining({ kind: 'and', of: of.map((one) => expect.objectContaining(one)) }),
  };
}

describe('filters are understood', () => {
  test('in brackets, encoded or not', () => {
    const expected = all(is('namespace', 'PREFIX', 'acme'));
    expect(parse('filters[namespace][PREFIX]=acme')).toEqual(expected);
    expect(parse('filters%5Bnamespace%5D%5BPREFIX%5D=acme')).toEqual(expected);
  });

  test.each(['FAILED,KILLED', '[FAILED,KILLED]', '[FAILED, KILLED]'])('as a list: %s', (list) => {
    expect(parse(`filters[state][IN]=${list}`)).toEqual(all(is('state', 'IN', 'FAILED', 'KILLED')));
  });

  test('by the key of a label', () => {
    const label = { ...is('labels', 'EQUALS', 'data'), key: 'team' };
    expect(parse('filters[labels][EQUALS][team]=data')).toEqual(all(label));
    expect(parse('filters[labels][EQUALS]=team:data')).toEqual(all(label));
    expect(parse('labels=team:data')).toEqual(all(label));
  });

  test('as flat parameters, each with the meaning it always had', () => {
    expect(parse('namespace=acme&state=FAILED&state=KILLED')).toEqual(
      all(is('namespace', 'PREFIX', 'acme'), is('state', 'IN', 'FAILED', 'KILLED')),
    );
  });

  test('as JSON objects, one or several joined by commas', () => {
    const one = '{"field":"NAMESPACE","operation":"EQUALS","value":"x"}';
    const two = '{"field":"FLOW_ID","operation":"EQUALS","value":"y"}';
    expect(parse(`filters=${encodeURIComponent(one)}`)).toEqual(all(is('namespace', 'EQUALS', 'x')));
    expect(parse(`filters=${encodeURIComponent(`${one},${two}`)}`)).toEqual(
      all(is('namespace', 'EQUALS', 'x'), is('flowId', 'EQUALS', 'y')),
    );
  });

  test('in groups: alternatives of conditions that hold together', () => {
    const query =
      'filters[or][0][flowId][EQUALS]=a&filters[or][0][namespace][EQUALS]=n&filters[or][1][flowId][EQUALS]=b';
    const either = {
      kind: 'or' as const,
      of: [
        expect.objectContaining({ kind: 'and', of: [is('flowId', 'EQUALS', 'a'), is('namespace', 'EQUALS', 'n')] }),
        expect.objectContaining({ kind: 'and', of: [is('flowId', 'EQUALS', 'b')] }),
      ],
    };
    expect(parse(query)).toEqual(all(either));
  });

  test('and whatever else is in the query is left alone', () => {
    expect(parse('page=2&size=10&unknown=1&namespace=')).toEqual(all());
  });
});

describe('filters are refused', () => {
  test.each([
    ['filters[colour][EQUALS]=red', 'Unknown filter field colour'],
    ['filters[constructor][EQUALS]=red', 'Unknown filter field constructor'],
    ['filters[namespace][REGEX]=a', 'namespace has no operator REGEX'],
    ['filters[namespace][toString]=a', 'namespace has no operator toString'],
    ['filters[namespace]=a', 'namespace has no operator'],
    ['filters[namespace][EQUALS][key]=a', 'namespace has no keys'],
    ['filters[labels][EQUALS]=team', 'labels needs a key and a value'],
    ['filters[labels][EQUALS][a][b]=c', 'Malformed filter name'],
    ['filters[or][x][flowId][EQUALS]=a', 'a number must follow [or]'],
    ['filters[or]=a', 'a number must follow [or]'],
    ['filters[namespace=a', 'Malformed filter name'],
    ['filters=%7Bnot+json', 'not JSON'],
    ['filters=1', 'must be an object'],
    ['filters=%7B%7D', 'needs a field and an operation'],
  ])('%s: %s', (query, reason) => {
    expect(parse(query)).toEqual({ ok: false, error: expect.stringContaining(reason) });
  });

  test('when they are too many, too deep or too long for a statement', () => {
    const many = Array.from({ length: FILTER_CONDITIONS_MAX + 1 }, () => 'filters[flowId][EQUALS]=a').join('&');
    expect(parse(many)).toMatchObject({ ok: false, error: expect.stringContaining('filters') });
    const long = Array.from({ length: FILTER_VALUES_MAX + 1 }, (_, n) => n).join(',');
    expect(parse(`filters[state][IN]=${long}`)).toMatchObject({ ok: false, error: expect.stringContaining('values') });
    const deep = `filters${'[or][0]'.repeat(6)}[flowId][EQUALS]=a`;
    expect(parse(deep)).toMatchObject({ ok: false, error: expect.stringContaining('nested') });
  });
});
