/** Carries out a plan, namespace by namespace: all of a namespace's changes, or none.
 *   A1. Each step says how to undo it; the first failure undoes what was done before it, last step first.
 *   A2. What cannot be undone (a secret's former value cannot be read) is done when everything else has succeeded.
 *   A3. The marker is written last: until then nothing is said to be managed that may not be there. */
import { isJsonObject, type JsonObject } from '../../../worker/src/protocol/json.ts';
import type { Client } from '../client/client.ts';
import { createFlow, deleteFlows, listFlows, saveFlows, updateFlow } from '../client/flows.ts';
import { inParallel } from '../client/in-parallel.ts';
import { deleteValue, putValue } from '../client/key-values.ts';
import { deleteFile, uploadFile } from '../client/namespace-files.ts';
import { createNamespace, deleteNamespace, findNamespace, updateNamespace } from '../client/namespaces.ts';
import { ProblemError } from '../client/problem.ts';
import { deleteSecret, describeSecret, putSecret, type SecretDescription } from '../client/secrets.ts';
import { messageOf } from '../cli-error.ts';
import { kvBody, readSecretContent } from './described-items.ts';
import { bytesOf, type Content, type Kind } from './item.ts';
import { managedOf, MARKER, withManaged, type Managed } from './managed.ts';
import type { Change } from './plan.ts';
import { readYaml } from './yaml-text.ts';

export interface NamespacePlan {
  namespace: string;
  changes: readonly Change[];
  /** What is managed afterwards, when that is not what is managed now. */
  managed?: Managed;
}

/** The values of environment variables, all of them known to be set. */
export type ReadVariable = (name: string) => string;

/** A namespace could not be changed; what had been done is undone, or `remains` says what could not be. */
export class ApplyError extends Error {
  readonly namespace: string;
  readonly remains: string[];

  constructor(namespace: string, cause: unknown, remains: string[]) {
    super(messageOf(cause), { cause });
    this.name = 'ApplyError';
    this.namespace = namespace;
    this.remains = remains;
  }
}

interface Step {
  what: string;
  do(): Promise<void>;
  undo(): Promise<void>;
}

/** Answers the revisions that flows have got, by id. */
export async function applyNamespace(
  client: Client,
  plan: NamespacePlan,
  readVariable: ReadVariable,
): Promise<Map<string, number>> {
  const revisions = new Map<string, number>();
  const done: Step[] = [];
  try {
    for (const step of stepsOf(client, plan, readVariable, revisions)) {
      // Before it is tried: a step that fails halfway needs its undoing, too.
      done.push(step);
      await step.do();
    }
  } catch (error) {
    const remains: string[] = [];
    for (const step of done.toReversed()) {
      await step.undo().catch((cause: unknown) => remains.push(`${step.what}: ${messageOf(cause)}`));
    }
    throw new ApplyError(plan.namespace, error, remains);
  }
  return revisions;
}

function stepsOf(
  client: Client,
  { namespace, changes, managed }: NamespacePlan,
  readVariable: ReadVariable,
  revisions: Map<string, number>,
): Step[] {
  const writes = (kind: Kind) => changes.filter((change) => change.kind === kind && change.action !== 'delete');
  const deletes = (kind: Kind) => changes.filter((change) => change.kind === kind && change.action === 'delete');
  const kv = (change: Change) => undoable(kvStep(client, change));
  const file = (change: Change) => undoable(fileStep(client, change));
  const secret = (change: Change) => undoable(secretStep(client, change, readVariable));
  const replaces = (change: Change) => change.action === 'update' && change.variable !== undefined;
  return [
    ...writes('namespace').map((change) => undoable(namespaceStep(client, change))),
    ...writes('secret')
      .filter((change) => !replaces(change))
      .map(secret),
    ...writes('kv').map(kv),
    ...filesStep(writes('file').map(file)),
    ...flowSteps(client, namespace, writes('flow'), revisions).map(undoable),
    ...flowDeletion(client, namespace, deletes('flow')).map(undoable),
    ...deletes('kv').map(kv),
    ...filesStep(deletes('file').map(file)),
    ...(managed === undefined ? [] : [undoable(markerStep(client, namespace, managed))]),
    ...deletes('secret').map(secret),
    ...writes('secret').filter(replaces).map(secret),
  ];
}

/** Files are many and do not depend on one another. */
function filesStep(steps: Step[]): Step[] {
  if (steps.length === 0) return [];
  return [
    {
      what: 'files',
      do: async () => void (await inParallel(steps, (step) => step.do())),
      undo: async () => {
        const failures: string[] = [];
        await inParallel(steps, (step) =>
          step.undo().catch((cause: unknown) => void failures.push(`${step.what}: ${messageOf(cause)}`)),
        );
        if (failures.length > 0) throw new Error(failures.join('; '));
      },
    },
  ];
}

/** What was never begun, or was refused, needs no undoing; after any other failure nobody knows, and undoing is safe. */
function undoable(step: Step): Step {
  let isOpen = false;
  return {
    what: step.what,
    do: async () => {
      isOpen = true;
      try {
        await step.do();
      } catch (error) {
        if (error instanceof ProblemError && error.status < 500) isOpen = false;
        throw error;
      }
    },
    undo: async () => {
      if (isOpen) await step.undo();
    },
  };
}

function before(change: Change): Content | undefined {
  return change.action === 'create' ? undefined : change.before;
}

function after(change: Change): Content | undefined {
  return change.action === 'delete' ? undefined : change.after;
}

function fileStep(client: Client, change: Change): Step {
  const { namespace, name } = change;
  const set = (content: Content | undefined) =>
    content === undefined ? deleteFile(client, namespace, name) : uploadFile(client, namespace, name, bytesOf(content));
  return { what: `file ${name}`, do: () => set(after(change)), undo: () => set(before(change)) };
}

function kvStep(client: Client, change: Change): Step {
  const { namespace, name } = change;
  const set = (content: Content | undefined) =>
    content === undefined
      ? deleteValue(client, namespace, name)
      : putValue(client, namespace, name, kvBody(content, name));
  return { what: `kv ${name}`, do: () => set(after(change)), undo: () => set(before(change)) };
}

function secretStep(client: Client, change: Change, readVariable: ReadVariable): Step {
  const { namespace, name } = change;
  const describe = (content: Content) => describeSecret(client, namespace, name, describing(content));
  return {
    what: `secret ${name}`,
    do: async () => {
      if (change.action === 'delete') return deleteSecret(client, namespace, name);
      if (change.variable === undefined) return describe(change.after);
      const value = readVariable(change.variable);
      return putSecret(client, namespace, name, { ...describing(change.after), value });
    },
    undo: async () => {
      if (change.action === 'create') return deleteSecret(client, namespace, name);
      if (change.action === 'delete' || change.variable !== undefined) {
        throw new Error('its former value cannot be read back; set it again');
      }
      return describe(change.before);
    },
  };
}

/** An empty text, not a missing member: what is missing is left as it was. */
function describing(content: Content): SecretDescription {
  const { description = '', tags } = readSecretContent(content);
  return { description, tags: Object.entries(tags).map(([key, value]) => ({ key, value })) };
}

function namespaceStep(client: Client, change: Change): Step {
  const { namespace } = change;
  const set = async (content: Content): Promise<void> => {
    const document = { ...documentOf(content), id: namespace };
    const stored = await findNamespace(client, namespace);
    if (stored === undefined) return createNamespace(client, document);
    const marker = stored[MARKER];
    return updateNamespace(client, namespace, marker === undefined ? document : { ...document, [MARKER]: marker });
  };
  return {
    what: 'namespace',
    do: async () => {
      const content = after(change);
      if (content !== undefined) await set(content);
    },
    undo: () => {
      const content = before(change);
      return content === undefined ? deleteNamespace(client, namespace) : set(content);
    },
  };
}

function documentOf(content: Content): JsonObject {
  const value = 'text' in content ? readYaml(content.text, 'the namespace') : null;
  return isJsonObject(value) ? value : {};
}

function markerStep(client: Client, namespace: string, managed: Managed): Step {
  let former: Managed = {};
  const write = async (next: Managed): Promise<void> => {
    const stored = await findNamespace(client, namespace);
    if (stored === undefined) return createNamespace(client, withManaged({ id: namespace }, next));
    const { deleted: _deleted, ...document } = stored;
    former = managedOf(document);
    return updateNamespace(client, namespace, withManaged(document, next));
  };
  return { what: 'marker', do: () => write(managed), undo: () => write(former) };
}

/** A request holds so many flows and bytes at most; together they are still undone as one. */
const FLOWS_PER_REQUEST = 400;
const CHARACTERS_PER_REQUEST = 1_000_000;

function flowSteps(client: Client, namespace: string, changes: Change[], revisions: Map<string, number>): Step[] {
  return portions(changes).map((portion) => ({
    what: 'flows',
    do: async () => {
      for (const { id, revision } of await write(client, namespace, portion)) revisions.set(id, revision);
    },
    undo: async () => {
      const sources = portion.flatMap((change) => textOf(before(change)));
      const created = portion.filter(({ action }) => action === 'create').map(({ name }) => name);
      if (sources.length > 0) await saveFlows(client, namespace, sources);
      if (created.length > 0) await deleteCreated(client, namespace, created);
    },
  }));
}

/** One flow alone needs no permission to delete others. */
function write(client: Client, namespace: string, portion: Change[]) {
  const sources = portion.flatMap((change) => textOf(after(change)));
  const [change, ...others] = portion;
  const [source] = sources;
  if (change === undefined || source === undefined || others.length > 0) return saveFlows(client, namespace, sources);
  const saved =
    change.action === 'create' ? createFlow(client, source) : updateFlow(client, namespace, change.name, source);
  return saved.then((flow) => [flow]);
}

/** Those that are there: a request that failed has made none of them. */
async function deleteCreated(client: Client, namespace: string, ids: string[]): Promise<void> {
  const present = new Set((await listFlows(client, namespace)).map(({ id }) => id));
  const created = ids.filter((id) => present.has(id));
  if (created.length > 0) await deleteFlows(client, namespace, created);
}

function flowDeletion(client: Client, namespace: string, changes: Change[]): Step[] {
  if (changes.length === 0) return [];
  return [
    {
      what: 'deleted flows',
      do: () =>
        deleteFlows(
          client,
          namespace,
          changes.map(({ name }) => name),
        ),
      undo: async () =>
        void (await saveFlows(
          client,
          namespace,
          changes.flatMap((change) => textOf(before(change))),
        )),
    },
  ];
}

function textOf(content: Content | undefined): string[] {
  return content !== undefined && 'text' in content ? [content.text] : [];
}

function portions(changes: Change[]): Change[][] {
  const all: Change[][] = [];
  let size = Infinity;
  for (const change of changes) {
    const length = textOf(after(change)).join('').length + textOf(before(change)).join('').length;
    const last = all.at(-1);
    if (last === undefined || last.length >= FLOWS_PER_REQUEST || size + length > CHARACTERS_PER_REQUEST) {
      all.push([change]);
      size = length;
    } else {
      last.push(change);
      size += length;
    }
  }
  return all;
}
