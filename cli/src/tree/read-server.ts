/** What a server holds of the namespaces that a plan speaks of, and no more than the plan needs. */
import type { JsonObject } from '../../../worker/src/protocol/json.ts';
import type { Client } from '../client/client.ts';
import { downloadSources, listFlows } from '../client/flows.ts';
import { inParallel } from '../client/in-parallel.ts';
import { findValue, listKeys } from '../client/key-values.ts';
import { downloadFiles } from '../client/namespace-files.ts';
import { findNamespace } from '../client/namespaces.ts';
import { listSecrets } from '../client/secrets.ts';
import { kvContent, namespaceContent, presentSecret } from './described-items.ts';
import { contentOf, digestOf, keyOf, type ItemRef, type PresentItem } from './item.ts';
import { managedOf } from './managed.ts';
import type { NamespaceState, WantedTree } from './plan.ts';

export interface ServerState extends NamespaceState {
  /** As the server tells it; what we do not speak of must survive our writing. */
  document?: JsonObject;
}

/** The keys of a namespace whose values are read: flows keep their own there, which are nobody else's business. */
type KeyFilter = (key: string, managed: boolean) => boolean;

/** The state that belongs to the files' namespaces. */
export function readServer(client: Client, { items, whole }: WantedTree): Promise<ServerState[]> {
  return readNamespaces(client, items, whole);
}

/** The same for the objects of a plan that was made earlier. */
export function readNamespaces(
  client: Client,
  refs: readonly ItemRef[],
  whole: ReadonlySet<string>,
): Promise<ServerState[]> {
  const keys = new Set(refs.filter(({ kind }) => kind === 'kv').map(({ namespace, name }) => `${namespace}/${name}`));
  const names = [...new Set(refs.map(({ namespace }) => namespace))].toSorted();
  return inParallel(names, (namespace) =>
    whole.has(namespace)
      ? readNamespace(client, namespace, (key, managed) => managed || keys.has(`${namespace}/${key}`))
      : readFlowsOf(client, namespace),
  );
}

/** Everything, for an export. Values that will expire are somebody's cache, not configuration. */
export function readWhole(client: Client, namespace: string): Promise<ServerState> {
  return readNamespace(client, namespace, () => true);
}

async function readFlowsOf(client: Client, namespace: string): Promise<ServerState> {
  const [document, flows] = await Promise.all([findNamespace(client, namespace), presentFlows(client, namespace)]);
  return {
    namespace,
    document,
    managed: managedOf(document),
    items: [...presentNamespace(namespace, document), ...flows],
  };
}

async function readNamespace(client: Client, namespace: string, wants: KeyFilter): Promise<ServerState> {
  const document = await findNamespace(client, namespace);
  const managed = managedOf(document);
  const parts = await Promise.all([
    presentSecrets(client, namespace),
    presentValues(client, namespace, (key) => wants(key, keyOf({ kind: 'kv', name: key }) in managed)),
    presentFiles(client, namespace),
    presentFlows(client, namespace),
  ]);
  return { namespace, document, managed, items: [...presentNamespace(namespace, document), ...parts.flat()] };
}

function presentNamespace(namespace: string, document: JsonObject | undefined): PresentItem[] {
  if (document === undefined) return [];
  const content = namespaceContent(document);
  return [{ kind: 'namespace', namespace, name: namespace, content, base: digestOf(content) }];
}

async function presentSecrets(client: Client, namespace: string): Promise<PresentItem[]> {
  return (await listSecrets(client, namespace)).map((secret) => {
    const content = presentSecret(secret);
    return {
      kind: 'secret',
      namespace,
      name: secret.key,
      content,
      base: `version ${secret.version}, ${digestOf(content)}`,
    };
  });
}

async function presentValues(
  client: Client,
  namespace: string,
  wants: (key: string) => boolean,
): Promise<PresentItem[]> {
  const entries = (await listKeys(client, namespace)).filter(
    ({ key, expirationDate }) => wants(key) && expirationDate === undefined,
  );
  const values = await inParallel(entries, async ({ key }): Promise<PresentItem[]> => {
    const found = await findValue(client, namespace, key);
    if (found === undefined) return [];
    return [{ kind: 'kv', namespace, name: key, content: kvContent(found.value), base: `revision ${found.revision}` }];
  });
  return values.flat();
}

async function presentFiles(client: Client, namespace: string): Promise<PresentItem[]> {
  return Array.from(await downloadFiles(client, namespace), ([name, bytes]) => {
    const content = contentOf(bytes);
    return { kind: 'file', namespace, name, content, base: digestOf(content) };
  });
}

/** The list comes before the sources: a flow that is saved in between has an older base than its source, so the plan will
 *  be refused rather than undo what it has not seen. */
async function presentFlows(client: Client, namespace: string): Promise<PresentItem[]> {
  const flows = await listFlows(client, namespace);
  if (flows.length === 0) return [];
  const sources = await downloadSources(client, namespace);
  return flows.flatMap(({ id, revision }): PresentItem[] => {
    const text = sources.get(id);
    return text === undefined
      ? []
      : [{ kind: 'flow', namespace, name: id, content: { text }, base: `revision ${revision}` }];
  });
}
