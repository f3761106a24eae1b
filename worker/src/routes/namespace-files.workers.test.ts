import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { TestApp } from '../testing/test-app.ts';
import type { TestPerson } from '../testing/test-app.ts';

const FILES = '/api/v1/acme/namespaces/acme.demo/files';

async function acme(): Promise<{ app: TestApp; ada: TestPerson; viewer: TestPerson; eve: TestPerson }> {
  const app = new TestApp();
  const [ada, viewer, eve] = [await app.person('ada'), await app.person('vic'), await app.person('eve')];
  await app.tenant('acme', { editor: ada, viewer });
  await app.tenant('other', { owner: eve });
  return { app, ada, viewer, eve };
}

function at(path: string, more = ''): string {
  return `${FILES}${more}?path=${encodeURIComponent(path)}`;
}

function form(content: string | Uint8Array<ArrayBuffer>, fileName = 'file.bin'): RequestInit {
  const body = new FormData();
  body.set('fileContent', new File([content], fileName));
  return { method: 'POST', body };
}

function put(
  person: TestPerson,
  path: string,
  content: string | Uint8Array<ArrayBuffer>,
  fileName?: string,
): Promise<Response> {
  return person.fetch(at(path), form(content, fileName));
}

async function search(person: TestPerson, q = ''): Promise<string[]> {
  return (await person.fetch(`${FILES}/search?q=${q}`)).json();
}

describe('a namespace file', () => {
  test('comes back as it was sent, whatever its bytes', async () => {
    const { ada } = await acme();
    // Among them: a boundary that is none, lone line ends, bytes that are no text.
    const contents = [
      strToU8('\r\n--x\r\n'),
      new Uint8Array([0, 255, 13, 10, 45, 45]),
      new Uint8Array(300_000).map((_, n) => (n * 31) % 256),
    ];
    for (const content of contents) {
      const written = await put(ada, '/scripts/a b ü.bin', content);
      expect([written.status, await written.text()]).toEqual([200, '']);
      const read = await ada.fetch(at('scripts/a b ü.bin'));
      expect(new Uint8Array(await read.arrayBuffer())).toEqual(content);
    }
  });

  test('is a download that no browser runs', async () => {
    const { ada } = await acme();
    await put(ada, '/page.html', '<script>alert(1)</script>');
    const { headers } = await ada.fetch(at('/page.html'));
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''page.html");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain('sandbox');
  });

  test('may be empty', async () => {
    const { ada } = await acme();
    expect((await put(ada, '/empty.txt', '')).status).toBe(200);
    const read = await ada.fetch(at('/empty.txt'));
    expect([read.status, await read.text()]).toEqual([200, '']);
    expect(await (await ada.fetch(at('/empty.txt', '/stats'))).json()).toMatchObject({ type: 'File', size: 0 });
  });

  test('may be sent without a form', async () => {
    const { ada } = await acme();
    await ada.fetch(at('/raw.txt'), { method: 'POST', body: 'raw', headers: { 'Content-Type': 'text/plain' } });
    expect(await (await ada.fetch(at('/raw.txt'))).text()).toBe('raw');
  });

  test('is read in parts', async () => {
    const { ada } = await acme();
    await put(ada, '/a.txt', '0123456789');
    const part = async (range: string) => {
      const answer = await ada.fetch(at('/a.txt'), { headers: { Range: range } });
      return [answer.status, answer.headers.get('content-range'), await answer.text()];
    };
    expect(await part('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await part('bytes=8-')).toEqual([206, 'bytes 8-9/10', '89']);
    expect(await part('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await part('lines=1-2')).toEqual([200, null, '0123456789']);
    expect(await part('bytes=20-')).toEqual([200, null, '0123456789']);
    expect(await part('bytes=8-99')).toEqual([206, 'bytes 8-9/10', '89']);
  });

  test('is overwritten, moved and deleted', async () => {
    const { ada } = await acme();
    await put(ada, '/a.txt', 'one');
    await put(ada, '/a.txt', 'two');
    expect(await (await ada.fetch(at('/a.txt'))).text()).toBe('two');
    const move = (from: string, to: string) => ada.fetch(`${FILES}?from=${from}&to=${to}`, { method: 'PUT' });
    expect((await move('/a.txt', '/b/c.txt')).status).toBe(200);
    expect(await search(ada)).toEqual(['/b/c.txt']);
    expect(await (await ada.fetch(at('/b/c.txt'))).text()).toBe('two');
    expect((await move('/a.txt', '/d.txt')).status).toBe(404);
    await put(ada, '/d.txt', 'there');
    expect((await move('/b/c.txt', '/d.txt')).status).toBe(409);
    expect((await ada.fetch(at('/d.txt'), { method: 'DELETE' })).status).toBe(204);
    expect((await ada.fetch(at('/d.txt'), { method: 'DELETE' })).status).toBe(404);
    expect((await ada.fetch(at('/d.txt'))).status).toBe(404);
  });
});

describe('a folder', () => {
  test('lists what is in it', async () => {
    const { ada } = await acme();
    await put(ada, '/a/b/one.txt', '1');
    await put(ada, '/a/two.txt', '22');
    await ada.fetch(at('/a/empty', '/directory'), { method: 'POST' });
    const listed = await (await ada.fetch(at('/a', '/directory'))).json<{ lastModifiedTime: number }[]>();
    expect(listed).toMatchObject([
      { fileName: 'b', type: 'Directory' },
      { fileName: 'empty', type: 'Directory', size: 0 },
      { fileName: 'two.txt', type: 'File', size: 2 },
    ]);
    expect(listed.every(({ lastModifiedTime }) => Number.isInteger(lastModifiedTime))).toBe(true);
    expect(await (await ada.fetch(`${FILES}/directory`)).json()).toMatchObject([{ fileName: 'a', type: 'Directory' }]);
    expect(await (await ada.fetch(at('/a/empty', '/directory'))).json()).toEqual([]);
    expect((await ada.fetch(at('/nowhere', '/directory'))).status).toBe(404);
    expect(await (await ada.fetch('/api/v1/acme/namespaces/void/files/directory')).json()).toEqual([]);
  });

  test('says what it is', async () => {
    const { ada } = await acme();
    await put(ada, '/a/b/one.txt', '1');
    expect(await (await ada.fetch(at('/a/b', '/stats'))).json()).toMatchObject({ fileName: 'b', type: 'Directory' });
    expect(await (await ada.fetch(at('/', '/stats'))).json()).toMatchObject({ type: 'Directory' });
    expect((await ada.fetch(at('/a/c', '/stats'))).status).toBe(404);
  });

  test('is moved and deleted with all that is in it', async () => {
    const { ada } = await acme();
    await put(ada, '/a/b/one.txt', '1');
    await put(ada, '/ab.txt', 'not in it');
    expect((await ada.fetch(`${FILES}?from=/a&to=/a/b/c`, { method: 'PUT' })).status).toBe(422);
    expect((await ada.fetch(`${FILES}?from=/a&to=/z`, { method: 'PUT' })).status).toBe(200);
    expect(await search(ada)).toEqual(['/ab.txt', '/z/b/one.txt']);
    expect((await ada.fetch(at('/z'), { method: 'DELETE' })).status).toBe(204);
    expect(await search(ada)).toEqual(['/ab.txt']);
  });
});

describe('an archive', () => {
  test('is unpacked where it is put, and goes out again', async () => {
    const { ada } = await acme();
    const files = {
      'a.txt': strToU8('a'),
      'b/c.bin': new Uint8Array(200_000).map((_, n) => (n * n) % 251),
      'd.txt': strToU8(''),
    };
    expect((await put(ada, '/in', zipSync(files), 'files.ZIP')).status).toBe(200);
    expect(await search(ada)).toEqual(['/in/a.txt', '/in/b/c.bin', '/in/d.txt']);
    const exported = await ada.fetch(`${FILES}/export`);
    expect(exported.headers.get('content-type')).toBe('application/zip');
    const unpacked = unzipSync(new Uint8Array(await exported.arrayBuffer()));
    expect(unpacked).toEqual(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`in/${name}`, bytes])));
  });

  test.each(['../x', 'a/../../x', 'a\\..\\x', '_flows/x.yml', 'nul\0'])('with an entry %j is refused', async (name) => {
    const { ada } = await acme();
    expect((await put(ada, '', zipSync({ [name]: strToU8('x') }), 'a.zip')).status).toBe(422);
    expect(await search(ada)).toEqual([]);
  });

  test.each([
    ['text', strToU8('this is no archive')],
    [
      'one that is cut off',
      zipSync({ 'a.txt': new Uint8Array(100_000).map((_, n) => (n * n) % 251) }).subarray(0, 200),
    ],
    ['nothing', new Uint8Array()],
  ])('that is none is refused: %s', async (_, bytes) => {
    const { ada } = await acme();
    expect((await put(ada, '', bytes, 'a.zip')).status).toBe(422);
  });
});

describe('a path', () => {
  test.each(['', '/', '..', '/a/../b', 'a\\b', 'a\0b', 'a\nb', '/_flows/x.yml', '_x', `/${'x'.repeat(600)}`])(
    '%j names no file',
    async (path) => {
      const { ada } = await acme();
      expect((await put(ada, path, 'x')).status).toBe(422);
      expect((await ada.fetch(at(path))).status).toBe(422);
      expect((await ada.fetch(at(path), { method: 'DELETE' })).status).toBe(422);
    },
  );

  test.each(['//a//b.txt', './a/b.txt', 'a/b.txt', '/a/b.txt'])('%j is /a/b.txt', async (path) => {
    const { ada } = await acme();
    expect((await put(ada, path, 'x')).status).toBe(200);
    expect(await search(ada)).toEqual(['/a/b.txt']);
  });

  test.each(['/%2e%2e', '/a b?.txt', '/ü/😀.txt', '/__proto__x', '/a/_b', '/.env', '/%00'])(
    '%j is a name',
    async (path) => {
      const { ada } = await acme();
      const isReserved = path.startsWith('/_');
      expect((await put(ada, path, 'x')).status).toBe(isReserved ? 422 : 200);
      expect(await search(ada)).toEqual(isReserved ? [] : [path]);
    },
  );
});

describe('a form', () => {
  const send = (person: TestPerson, body: string, type = 'multipart/form-data; boundary=x') =>
    person.fetch(at('/a.txt'), { method: 'POST', body, headers: { 'Content-Type': type } });
  const part = '--x\r\nContent-Disposition: form-data; name="fileContent"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n';

  test('may hold other fields first', async () => {
    const { ada } = await acme();
    const field = '--x\r\nContent-Disposition: form-data; name="other"\r\n\r\nfileContent\r\n';
    expect((await send(ada, field + part)).status).toBe(200);
    expect(await (await ada.fetch(at('/a.txt'))).text()).toBe('hello');
  });

  test.each([
    ['without a boundary', part, 'multipart/form-data'],
    ['with another boundary', part, 'multipart/form-data; boundary=y'],
    ['that ends too soon', part.slice(0, -8), undefined],
    ['without the file', '--x\r\nContent-Disposition: form-data; name="f"\r\n\r\nhello\r\n--x--\r\n', undefined],
    ['that is empty', '', undefined],
  ])('%s is refused', async (_, body, type) => {
    const { ada } = await acme();
    expect((await send(ada, body, type)).status).toBe(422);
    expect(await search(ada)).toEqual([]);
  });
});

describe('who may', () => {
  test('a viewer reads and does not write', async () => {
    const { ada, viewer } = await acme();
    await put(ada, '/a.txt', 'a');
    expect((await viewer.fetch(at('/a.txt'))).status).toBe(200);
    expect((await viewer.fetch(`${FILES}/export`)).status).toBe(200);
    expect((await put(viewer, '/b.txt', 'b')).status).toBe(403);
    expect((await viewer.fetch(`${FILES}?from=/a.txt&to=/c.txt`, { method: 'PUT' })).status).toBe(403);
    expect((await viewer.fetch(at('/a.txt'), { method: 'DELETE' })).status).toBe(403);
  });

  test('nobody else sees a tenant’s files, not even under the same name', async () => {
    const { app, ada, eve } = await acme();
    await put(ada, '/a.txt', 'a');
    expect((await eve.fetch(at('/a.txt'))).status).toBe(404);
    expect((await app.fetch(at('/a.txt'))).status).toBe(401);
    const own = '/api/v1/other/namespaces/acme.demo/files';
    expect((await eve.fetch(`${own}?path=/a.txt`)).status).toBe(404);
    expect(await (await eve.fetch(`${own}/search?q=`)).json()).toEqual([]);
  });

  test('a namespace does not see its children, nor one whose name looks like its folder', async () => {
    const { ada } = await acme();
    for (const namespace of ['acme', 'acme.demo.child', 'acme.demo._files']) {
      await ada.fetch(`/api/v1/acme/namespaces/${namespace}/files?path=/a.txt`, form(namespace));
    }
    expect(await search(ada)).toEqual([]);
    expect(await (await ada.fetch(`${FILES}/directory`)).json()).toEqual([]);
  });
});
