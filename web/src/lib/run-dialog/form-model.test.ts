import { describe, expect, test } from 'vitest';
import type { InputView } from '../api/flows.ts';
import { faultsOf, fieldsOf, initialValue, toFormData } from './form-model.ts';

const field = (input: Partial<InputView>) => {
  const [only] = fieldsOf([{ id: 'x', type: 'STRING', ...input }]);
  if (!only) throw new Error('no field');
  return only;
};

describe('a field', () => {
  test('gets the control of its type', () => {
    const types = [
      'STRING',
      'INT',
      'BOOL',
      'SELECT',
      'MULTISELECT',
      'FILE',
      'JSON',
      'SECRET',
      'DATETIME',
      'DURATION',
    ] as const;
    expect(types.map((type) => field({ type }).control)).toEqual([
      'text',
      'number',
      'toggle',
      'choice',
      'choices',
      'file',
      'block',
      'secret',
      'datetime',
      'text',
    ]);
  });

  test('is required unless it has a default', () => {
    expect(field({}).required).toBe(true);
    expect(field({ defaults: 'a' }).required).toBe(false);
    expect(field({ required: false }).required).toBe(false);
  });

  test('is named and explained as its author wrote, with its bounds', () => {
    expect(field({ type: 'INT', displayName: 'How many', description: 'Rows', min: 1, max: 9 })).toMatchObject({
      label: 'How many',
      hint: 'Rows\nFrom 1 to 9',
    });
  });
});

describe('the first value', () => {
  test('is the default, whatever its type', () => {
    expect(initialValue(field({ defaults: 'Ada' }))).toBe('Ada');
    expect(initialValue(field({ type: 'INT', defaults: 12345678901234567890n }))).toBe('12345678901234567890');
    expect(initialValue(field({ type: 'BOOL', defaults: false }))).toBe('false');
    expect(initialValue(field({ type: 'JSON', defaults: { a: 1 } }))).toBe('{\n  "a": 1\n}');
    expect(initialValue(field({ type: 'MULTISELECT', defaults: ['a', 'b'] }))).toEqual(['a', 'b']);
  });

  test('is a prefill before a default', () => {
    expect(initialValue(field({ prefill: 'shown', defaults: 'kept' }))).toBe('shown');
  });

  test('is empty where only the server can tell', () => {
    expect(initialValue(field({ defaults: '{{ now() }}' }))).toBe('');
  });

  test('of a choice that must be made is the first', () => {
    expect(initialValue(field({ type: 'SELECT', values: ['a', 'b'] }))).toBe('a');
    expect(initialValue(field({ type: 'SELECT', values: ['a', 'b'], required: false }))).toBe('');
  });
});

describe('what is sent', () => {
  const send = (input: Partial<InputView>, value: string | string[] | File | undefined) =>
    [...toFormData([field(input)], { x: value })].map(([, part]) => part);

  test('leaves out what is empty, so that the default holds', () => {
    expect(send({}, '')).toEqual([]);
    expect(send({ type: 'MULTISELECT' }, [])).toEqual([]);
    expect(send({ type: 'FILE' }, undefined)).toEqual([]);
  });

  test('keeps a file under its own name', () => {
    const [part] = send({ type: 'FILE' }, new File(['a,b'], 'rows.csv'));
    expect(part).toMatchObject({ name: 'rows.csv', size: 3 });
  });

  test('is a JSON list where several were chosen', () => {
    expect(send({ type: 'MULTISELECT' }, ['a', 'b'])).toEqual(['["a","b"]']);
  });

  test('is a moment with its zone', () => {
    expect(send({ type: 'DATETIME' }, '2026-11-20T10:00')).toEqual([new Date('2026-11-20T10:00').toISOString()]);
  });
});

test('faults stand beside their fields, and those of nobody stand alone', () => {
  const fields = fieldsOf([
    { id: 'name', type: 'STRING' },
    { id: 'address.city', type: 'STRING' },
  ]);
  const errors = [
    { pointer: 'inputs.name', detail: 'must not be empty' },
    { pointer: '/inputs/name', detail: 'must be a text' },
    { pointer: 'address.city', detail: 'is unknown' },
    { detail: 'too many executions' },
  ];
  expect(faultsOf(fields, errors)).toEqual({
    byField: { name: 'must not be empty\nmust be a text', 'address.city': 'is unknown' },
    others: ['too many executions'],
  });
});
