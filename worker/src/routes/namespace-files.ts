/** The files of a namespace. Mounted under /api/v1/{tenant}/namespaces. */
import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import { NAMESPACE_ARCHIVE_BYTES_MAX, NAMESPACE_ARCHIVE_FILES_MAX, NAMESPACE_FILES_FOUND_MAX } from '../limits.ts';
import type { AppEnv } from '../middleware/context.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { NamespaceTree } from '../namespace-files.ts';
import { DOWNLOAD, fileAnswer, rangeOf } from './file-answer.ts';
import { readFilePart } from './file-part.ts';
import { namespaceOf } from './namespace-of.ts';
import { unzipped, zipped } from './zip-stream.ts';
import type { ZipEntry } from './zip-stream.ts';

export const namespaceFileRoutes = routes();

namespaceFileRoutes.get('/:namespace/files', can('NAMESPACE_FILE', 'VIEW'), async (c) => {
  const path = pathOf(c);
  const file = await treeOf(c).get(namespaceOf(c), path, rangeOf(c));
  if (file === undefined) throw noSuchPath(c, path);
  return fileAnswer(file, path.slice(path.lastIndexOf('/') + 1));
});

namespaceFileRoutes.post('/:namespace/files', can('NAMESPACE_FILE', 'CREATE'), async (c) => {
  const namespace = namespaceOf(c);
  const { fileName, body } = await uploadOf(c);
  if (/\.zip$/i.test(fileName)) await unpack(treeOf(c), namespace, c.req.query('path') ?? '', body);
  else await treeOf(c).put(namespace, pathOf(c), body);
  return c.body(null, 200);
});

namespaceFileRoutes.put('/:namespace/files', can('NAMESPACE_FILE', 'UPDATE'), async (c) => {
  const [from, to] = [pathOf(c, 'from'), pathOf(c, 'to')];
  if (!(await treeOf(c).move(namespaceOf(c), from, to))) throw noSuchPath(c, from);
  return c.body(null, 200);
});

namespaceFileRoutes.delete('/:namespace/files', can('NAMESPACE_FILE', 'DELETE'), async (c) => {
  const path = pathOf(c);
  if (!(await treeOf(c).deleteAll(namespaceOf(c), path))) throw noSuchPath(c, path);
  return c.body(null, 204);
});

namespaceFileRoutes.get('/:namespace/files/directory', can('NAMESPACE_FILE', 'LIST'), async (c) => {
  const path = c.req.query('path') ?? '/';
  const children = await treeOf(c).children(namespaceOf(c), path);
  if (children === undefined) throw noSuchPath(c, path);
  return c.json(children);
});

namespaceFileRoutes.post('/:namespace/files/directory', can('NAMESPACE_FILE', 'CREATE'), async (c) => {
  await treeOf(c).makeFolder(namespaceOf(c), pathOf(c));
  return c.body(null, 200);
});

namespaceFileRoutes.get('/:namespace/files/stats', can('NAMESPACE_FILE', 'VIEW'), async (c) => {
  const path = c.req.query('path') ?? '/';
  const stat = await treeOf(c).stat(namespaceOf(c), path);
  if (stat === undefined) throw noSuchPath(c, path);
  return c.json(stat);
});

namespaceFileRoutes.get('/:namespace/files/search', can('NAMESPACE_FILE', 'LIST'), async (c) => {
  const wanted = (c.req.query('q') ?? '').toLowerCase();
  const paths = await treeOf(c).list(namespaceOf(c));
  return c.json(paths.filter((path) => path.toLowerCase().includes(wanted)).slice(0, NAMESPACE_FILES_FOUND_MAX));
});

namespaceFileRoutes.get('/:namespace/files/export', can('NAMESPACE_FILE', 'EXPORT'), (c) => {
  const namespace = namespaceOf(c);
  return new Response(zipped(contents(treeOf(c), namespace)), {
    headers: {
      ...DOWNLOAD,
      'Content-Type': 'application/zip',
      'Content-Disposition': `attachment; filename="${namespace}_files.zip"`,
    },
  });
});

async function* contents(tree: NamespaceTree, namespace: string): AsyncGenerator<ZipEntry> {
  for (const path of await tree.list(namespace)) {
    const file = await tree.get(namespace, path);
    // One that was deleted meanwhile is left out.
    if (file !== undefined) yield { name: path.slice(1), body: file.body };
  }
}

/** Files are there as soon as they are unpacked: an archive that is found bad in its middle leaves those before it. */
async function unpack(
  tree: NamespaceTree,
  namespace: string,
  folder: string,
  archive: ReadableStream<Uint8Array>,
): Promise<void> {
  let files = 0;
  let bytes = 0;
  const counted = () =>
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes > NAMESPACE_ARCHIVE_BYTES_MAX) {
          throw new AppError('too_large', `The archive unpacks to more than ${NAMESPACE_ARCHIVE_BYTES_MAX} bytes.`);
        }
        controller.enqueue(chunk);
      },
    });
  for await (const { name, body } of unzipped(archive)) {
    if (++files > NAMESPACE_ARCHIVE_FILES_MAX) {
      throw new AppError('too_large', `The archive has more than ${NAMESPACE_ARCHIVE_FILES_MAX} files.`);
    }
    if (name.endsWith('/')) await tree.makeFolder(namespace, `${folder}/${name}`);
    else await tree.put(namespace, `${folder}/${name}`, body.pipeThrough(counted()));
  }
}

/** The file of a form, or the body itself under any other type. */
async function uploadOf(c: Context<AppEnv>): Promise<{ fileName: string; body: ReadableStream<Uint8Array> }> {
  const type = c.req.header('content-type') ?? '';
  const body = c.req.raw.body ?? new Blob([]).stream();
  if (/^multipart\//i.test(type)) return readFilePart(body, type, 'fileContent');
  return { fileName: '', body };
}

function treeOf(c: Context<AppEnv>): NamespaceTree {
  return new NamespaceTree(c.var.tenant.files);
}

function pathOf(c: Context<AppEnv>, name = 'path'): string {
  const path = c.req.query(name);
  if (path === undefined || path === '') {
    throw new AppError('invalid_parameter', `The parameter \`${name}\` is missing: it names a file, like /a.txt.`);
  }
  return path;
}

function noSuchPath(c: Context<AppEnv>, path: string): AppError {
  return new AppError('not_found', `There is no file ${path} in namespace '${namespaceOf(c)}'`);
}
