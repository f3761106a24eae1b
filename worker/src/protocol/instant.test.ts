import { expect, test } from 'vitest';
import { isoOf } from './instant.ts';

test('every instant is written as itself, whatever was written before', () => {
  const instants = [0, 1_767_225_600_123, 1_767_225_600_123, 0, 1_767_225_600_124];
  expect(instants.map(isoOf)).toEqual(instants.map((at) => new Date(at).toISOString()));
});
