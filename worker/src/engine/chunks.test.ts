import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Chunks, CHUNK_LENGTH } from './chunks.ts';

describe('a persistent list in chunks', () => {
  test('holds what a plain list would hold after any pushes and sets', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 300 }), { maxLength: 300 }), (items) => {
        let chunks = Chunks.of<number>();
        const plain: number[] = [];
        for (const item of items) {
          if (item % 3 === 0 && plain.length > 0) {
            chunks = chunks.set(item % plain.length, item);
            plain[item % plain.length] = item;
          } else {
            chunks = chunks.push(item);
            plain.push(item);
          }
        }
        expect([...chunks]).toEqual(plain);
        expect(chunks.length).toBe(plain.length);
      }),
    );
  });

  test('shares every chunk that a change does not touch', () => {
    const before = Chunks.of(Array.from({ length: CHUNK_LENGTH * 3 }, (_, n) => n));
    const after = before.set(CHUNK_LENGTH, -1);
    expect(after.chunks[0]).toBe(before.chunks[0]);
    expect(after.chunks[1]).not.toBe(before.chunks[1]);
    expect(after.chunks[2]).toBe(before.chunks[2]);
    expect(before.at(CHUNK_LENGTH)).toBe(CHUNK_LENGTH);
  });

  test('refuses to set what is not there', () => {
    expect(() => Chunks.of([1]).set(1, 2)).toThrow(RangeError);
  });
});
