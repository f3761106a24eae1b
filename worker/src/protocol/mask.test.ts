import { expect, test } from 'vitest';
import { maskFor, maskSecrets } from './mask.ts';

test('a mask is as long as what it hides', () => {
  expect(maskFor('12345678')).toBe('********');
  expect(maskFor('123456789')).toBe('**masked*');
  expect(maskFor('1234567890ab')).toBe('**masked****');
});

test('every occurrence of every secret is masked, the longer one first', () => {
  expect(maskSecrets('pass password pass', ['pass', 'password'])).toBe('**** ******** ****');
});

test('a secret that is special in a replacement is taken literally, and an empty one hides nothing', () => {
  expect(maskSecrets('a $& b', ['$&', ''])).toBe('a ** b');
});
