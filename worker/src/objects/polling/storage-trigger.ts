/** core.storage.Trigger: takes files that have arrived in a folder. The execution has its copies before the files are moved or
 *  deleted, and what was taken is remembered until that is done: a crash between the two takes no file twice. */
import { refuseClosed } from '../../db/namespaces.ts';
import { NamespaceTree } from '../../namespace-files.ts';
import type { NamespaceFile } from '../../namespace-files.ts';
import { fail, ok } from '../../result.ts';
import { ExecutionFiles } from '../../storage.ts';
import { globMatcher } from '../../tasks/glob.ts';
import { isInside, StorageTriggerInput } from '../../triggers/storage.ts';
import type { Look } from './poll.ts';
import { readProperties, versionsIn } from './watch.ts';

export const storageTrigger: Look = async (looking) => {
  const { trigger, flow, tenant, memory, executionId } = looking;
  const input = await readProperties(StorageTriggerInput, looking);
  if (!input.ok) return input;
  const { namespace = flow.namespace, from, files, action, moveTo = '', maxFiles } = input.value;
  if (action === 'MOVE' && isInside(moveTo, from)) return fail('`moveTo` must not be inside of `from`.');
  await refuseClosed(tenant, namespace, flow.namespace);
  const tree = new NamespaceTree(tenant.files);

  async function finish({ path, etag }: NamespaceFile): Promise<void> {
    // A file that was written anew since then is another file.
    if (action === 'NONE' || (await tree.etag(namespace, path)) !== etag) return;
    if (action === 'MOVE') {
      const target = `${moveTo}/${nameOf(path)}`;
      await tree.delete(namespace, target);
      await tree.move(namespace, path, target);
    } else await tree.delete(namespace, path);
  }

  const taken = versionsIn(memory?.taken);
  const isWanted = await globMatcher([files ?? '**']);
  const known: NamespaceFile[] = [];
  const fresh: NamespaceFile[] = [];
  for await (const file of tree.files(namespace, from)) {
    if (!isWanted(nameOf(file.path))) continue;
    if (taken.get(file.path) === file.etag) known.push(file);
    else if (fresh.length < maxFiles) fresh.push(file);
  }
  for (const file of known) await finish(file);
  const kept = action === 'NONE' ? known : [];
  if (fresh.length === 0) return ok({ memory: { taken: etagsOf(kept) } });

  const place = { namespace: flow.namespace, flowId: flow.id, executionId };
  const own = new ExecutionFiles(tenant.files, place);
  const copies = [];
  for (const [index, { path }] of fresh.entries()) {
    const content = await tree.get(namespace, path);
    if (content === undefined) continue;
    const name = nameOf(path);
    const { uri, size } = await own.putOfTrigger(trigger.id, `${index}/${name}`, content.body);
    copies.push({ uri, path, name, size });
  }
  return ok({
    variables: { files: copies },
    memory: { taken: etagsOf([...kept, ...fresh]) },
    settle: async () => {
      for (const file of fresh) await finish(file);
    },
  });
};

function etagsOf(files: readonly NamespaceFile[]): Record<string, string> {
  return Object.fromEntries(files.map(({ path, etag }) => [path, etag]));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
