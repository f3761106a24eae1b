import { describe, expect, test } from 'vitest';
import { previewOf } from './file-preview.ts';
import type { PreviewOptions } from './file-preview.ts';

function preview(name: string, content: string | Uint8Array, options: Partial<PreviewOptions> = {}) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return previewOf(name, bytes, { rowsMax: 3, encoding: 'utf-8', isCut: false, ...options });
}

describe('a table', () => {
  test('has a row for each line, named by its header', () => {
    expect(preview('a.csv', 'id,name\n1,"Ada, the first"\n2,Ben\n')).toEqual({
      extension: 'csv',
      type: 'LIST',
      content: [
        { id: '1', name: 'Ada, the first' },
        { id: '2', name: 'Ben' },
      ],
      truncated: false,
    });
  });

  test('says when there are more rows', () => {
    expect(preview('a.csv', 'n\n1\n2\n3')).toMatchObject({ truncated: false });
    expect(preview('a.csv', 'n\n1\n2\n3\n4')).toMatchObject({
      content: [{ n: '1' }, { n: '2' }, { n: '3' }],
      truncated: true,
    });
  });

  test('leaves out the row that a cut has halved', () => {
    expect(preview('a.csv', 'n,m\n1,2\n3', { isCut: true })).toMatchObject({
      content: [{ n: '1', m: '2' }],
      truncated: true,
    });
  });

  test('may be empty', () => {
    expect(preview('a.csv', '')).toMatchObject({ type: 'LIST', content: [], truncated: false });
  });
});

describe('rows of data', () => {
  test.each(['jsonl', 'ndjson', 'ion'])('are read from .%s', (extension) => {
    const text = '{"a":1}\n\n[2]\nno json\n';
    expect(preview(`a.${extension}`, text)).toMatchObject({
      type: 'LIST',
      content: [{ a: 1 }, [2], expect.anything()],
    });
  });

  test('may be ION', () => {
    expect(preview('a.ion', '{a:1,b:"x"}\n')).toMatchObject({ content: [{ a: 1, b: 'x' }] });
  });

  test('end before the one that a cut has halved', () => {
    expect(preview('a.jsonl', '{"a":1}\n{"a"', { isCut: true })).toMatchObject({
      content: [{ a: 1 }],
      truncated: true,
    });
  });

  test('say when there are more', () => {
    expect(preview('a.jsonl', '1\n2\n3\n4\n')).toMatchObject({ content: [1, 2, 3], truncated: true });
  });
});

describe('text', () => {
  test.each([
    ['a.txt', 'TEXT', 'txt'],
    ['a.md', 'MARKDOWN', 'md'],
    ['README', 'TEXT', ''],
    ['page.HTML', 'TEXT', 'html'],
    ['picture.svg', 'TEXT', 'svg'],
  ])('is %s', (name, type, extension) => {
    expect(preview(name, 'one\ntwo')).toEqual({ extension, type, content: 'one\ntwo', truncated: false });
  });

  test('is cut after the last line that may be shown', () => {
    expect(preview('a.txt', '1\n2\n3\n4')).toMatchObject({ content: '1\n2\n3', truncated: true });
  });

  test('never ends in half a character', () => {
    const bytes = new TextEncoder().encode('aü').subarray(0, 2);
    expect(preview('a.txt', bytes, { isCut: true })).toMatchObject({ content: 'a', truncated: true });
  });

  test('is read in the encoding that was asked for', () => {
    expect(preview('a.txt', new Uint8Array([0xfc]), { encoding: 'iso-8859-1' })).toMatchObject({ content: 'ü' });
    expect(() => preview('a.txt', 'x', { encoding: 'klingon' })).toThrow('klingon');
  });
});

describe('a picture', () => {
  test('is base64, whole or not at all', () => {
    expect(preview('a.png', new Uint8Array([1, 2, 3]))).toMatchObject({
      type: 'IMAGE',
      content: 'AQID',
      truncated: false,
    });
    expect(preview('a.PDF', new Uint8Array([1, 2, 3]))).toMatchObject({ type: 'PDF', content: 'AQID' });
    expect(preview('a.png', new Uint8Array([1, 2, 3]), { isCut: true })).toMatchObject({
      content: '',
      truncated: true,
    });
  });
});
