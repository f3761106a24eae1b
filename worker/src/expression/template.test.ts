import { expect, test } from 'vitest';
import { EXPRESSION_TEMPLATES_CACHED_MAX } from '../limits.ts';
import { parseTemplate, templateOf } from './template.ts';

test('a template is parsed once, until others push it out', () => {
  const first = templateOf('{{ first }}');
  const second = templateOf('{{ second }}');
  for (let index = 0; index < EXPRESSION_TEMPLATES_CACHED_MAX - 2; index++) templateOf(`{{ a${index} }}`);
  expect(templateOf('{{ first }}')).toBe(first);
  for (let index = 0; index < 2; index++) templateOf(`{{ b${index} }}`);
  expect(templateOf('{{ first }}')).toBe(first);
  expect(templateOf('{{ second }}')).not.toBe(second);
});

test('long templates push out others too', () => {
  const first = templateOf('{{ first }}');
  for (let index = 0; index < 10; index++) templateOf(`{{ ${index} }}${' '.repeat(100_000)}`);
  expect(templateOf('{{ first }}')).not.toBe(first);
});

test('a source that is no template is not kept', () => {
  expect(parseTemplate('{{').ok).toBe(false);
  expect(parseTemplate('{{').ok).toBe(false);
});
