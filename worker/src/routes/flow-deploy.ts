/** What saving, deploying and deleting flows means: which revisions are written, and which are not.
 *   D1. A source that equals the stored one makes no revision.
 *   D2. Deleting is a revision too, so that a flow made again under the same id goes on counting.
 *   D3. A deploy of several flows changes all of them or none. */
import type { FlowChange, FlowRef, StoredFlow } from '../db/flows.ts';
import * as flows from '../db/flows.ts';
import * as namespaces from '../db/namespaces.ts';
import { AppError } from '../errors.ts';
import { compileCached } from '../flow/compile-cache.ts';
import { compileFlow, compileFlows } from '../flow/compile.ts';
import type { Compiled, CompileOptions } from '../flow/compile.ts';
import type { Flow } from '../flow/flow.ts';
import { FLOWS_PER_DEPLOY_MAX } from '../limits.ts';
import type { Tenant } from '../tenant.ts';
import { invalidFlow, toDetail, validFlow } from './flow-source.ts';

export async function createFlow(tenant: Tenant, source: string, now: number): Promise<StoredFlow> {
  const flow = validFlow(source, await compileHere(tenant, source));
  const stored = await flows.find(tenant, flow);
  if (stored !== undefined && !stored.deleted) {
    const detail = `Flow ${flow.namespace}.${flow.id} exists already; update it instead.`;
    throw new AppError('already_exists', detail, { errors: [{ detail, pointer: 'id' }] });
  }
  return save(tenant, { source, flow, stored }, now);
}

/** Throws when it is not the revision that the caller means; a change after this look at it is a conflict. */
type Precondition = (stored: StoredFlow) => void;
const NO_PRECONDITION: Precondition = () => undefined;

export async function updateFlow(
  tenant: Tenant,
  ref: FlowRef,
  source: string,
  now: number,
  precondition = NO_PRECONDITION,
): Promise<StoredFlow> {
  const stored = await flows.find(tenant, ref);
  if (stored === undefined || stored.deleted) throw flowNotFound(ref);
  precondition(stored);
  const flow = validFlow(source, await compileHere(tenant, source));
  const errors = (['namespace', 'id'] as const)
    .filter((name) => flow[name] !== ref[name])
    .map((name) => ({
      detail: `flow.${name} cannot be changed: it is ${ref[name]} in the path and ${flow[name]} in the source`,
      code: 'invalid-value',
      pointer: name,
    }));
  if (errors.length > 0) throw invalidFlow(errors);
  return save(tenant, { source, flow, stored }, now);
}

interface Draft {
  source: string;
  flow: Flow;
  stored?: StoredFlow;
}

async function save(tenant: Tenant, draft: Draft, now: number): Promise<StoredFlow> {
  if (isUnchanged(draft)) return draft.stored;
  const change = toChange(draft);
  await write(tenant, [change], now);
  return asStored(change, now);
}

function isUnchanged(draft: Draft): draft is Draft & { stored: StoredFlow } {
  return draft.stored !== undefined && !draft.stored.deleted && draft.stored.source === draft.source;
}

function toChange({ source, flow, stored }: Draft): FlowChange {
  const { namespace, id, description, disabled, labels } = flow;
  return { namespace, id, source, description, disabled, labels, deleted: false, previous: stored?.revision ?? 0 };
}

function asStored({ previous, namespace, id, source, deleted, disabled }: FlowChange, now: number): StoredFlow {
  return { namespace, id, source, deleted, disabled, revision: previous + 1, updatedAt: now };
}

async function write(tenant: Tenant, changes: FlowChange[], now: number): Promise<void> {
  await changingFlows(tenant, changes, () => flows.write(tenant, changes, now));
}

/** The scheduler is told before and after: it reads the flows again even when the second word is lost. */
async function changingFlows<T>(tenant: Tenant, refs: readonly FlowRef[], change: () => Promise<T>): Promise<T> {
  if (refs.length === 0) return change();
  const keys = refs.map(({ namespace, id }) => ({ namespace, flowId: id }));
  await tenant.scheduler().flowsChanging(tenant.record, keys);
  const changed = await change();
  await tenant.scheduler().flowsChanged(tenant.record, keys);
  return changed;
}

/** Deletes these flows; those that are not there are left out of the answer. */
export async function deleteFlows(
  tenant: Tenant,
  refs: readonly FlowRef[],
  now: number,
  precondition = NO_PRECONDITION,
): Promise<StoredFlow[]> {
  const stored = (await flows.findAll(tenant, refs)).filter(({ deleted }) => !deleted);
  for (const one of stored) precondition(one);
  const changes = stored.map(toDeletion);
  await write(tenant, changes, now);
  return changes.map((change) => asStored(change, now));
}

function toDeletion({ namespace, id, source, disabled, revision }: StoredFlow): FlowChange {
  return { namespace, id, source, disabled, deleted: true, labels: [], previous: revision };
}

export interface DeployOptions {
  /** Where flows may be, and what `isComplete` is about; absent: wherever they are. */
  namespace?: string;
  includesChildren: boolean;
  /** Puts the flows of other namespaces into this one, which changes their sources. */
  override: boolean;
  /** The text holds everything: flows that are not in it are deleted. */
  isComplete: boolean;
}

/** Saves every flow of a text of several documents, or of several texts. Answers those of the text as they are now, then
 *  the deleted ones. */
export async function deployFlows(
  tenant: Tenant,
  text: string | readonly string[],
  options: DeployOptions,
  now: number,
): Promise<StoredFlow[]> {
  const drafts = readDrafts(text, options, await namespaces.pluginDefaults(tenant));
  refuseStrangers(drafts, options);
  const stored = new Map(
    (
      await flows.findAll(
        tenant,
        drafts.map(({ flow }) => flow),
      )
    ).map((one) => [nameOf(one), one]),
  );
  const complete = drafts.map((draft): Draft => ({ ...draft, stored: stored.get(nameOf(draft.flow)) }));
  const leftovers = options.isComplete ? await findLeftovers(tenant, complete, options) : [];

  const changes = complete.filter((draft) => !isUnchanged(draft)).map(toChange);
  const deletions = leftovers.map(toDeletion);
  await write(tenant, [...changes, ...deletions], now);

  const changed = new Map(changes.map((change) => [nameOf(change), asStored(change, now)]));
  const kept = complete.flatMap(({ flow, stored: before }) => changed.get(nameOf(flow)) ?? before ?? []);
  return [...kept, ...deletions.map((change) => asStored(change, now))];
}

function readDrafts(
  text: string | readonly string[],
  { namespace, override }: DeployOptions,
  pluginDefaults: CompileOptions['pluginDefaults'],
): Draft[] {
  const texts = typeof text === 'string' ? [text] : text;
  const documents = texts.filter((one) => one.trim() !== '').flatMap((one) => compileFlows(one, { pluginDefaults }));
  if (documents.length > FLOWS_PER_DEPLOY_MAX) {
    throw new AppError(
      'too_large',
      `A deploy may hold ${FLOWS_PER_DEPLOY_MAX} flows; this one has ${documents.length}.`,
    );
  }
  const faults = documents.flatMap(({ diagnostics }) =>
    diagnostics.filter(({ severity }) => severity === 'error').map(toDetail),
  );
  if (faults.length > 0) throw invalidFlow(faults);
  return documents.map(({ source, ...compiled }) => {
    if (!override || namespace === undefined || compiled.namespace === namespace)
      return { source, flow: validFlow(source, compiled) };
    const moved = source.replace(/^namespace:.*$/m, `namespace: ${namespace}`);
    return { source: moved, flow: validFlow(moved, compileFlow(moved, { pluginDefaults })) };
  });
}

/** Flows of other namespaces than the one that is deployed, and flows that are there twice. */
function refuseStrangers(drafts: Draft[], { namespace, includesChildren }: DeployOptions): void {
  const seen = new Set<string>();
  const errors = drafts.flatMap(({ flow }, index) => {
    const isInside =
      namespace === undefined ||
      flow.namespace === namespace ||
      (includesChildren && flow.namespace.startsWith(`${namespace}.`));
    const isTwice = seen.has(nameOf(flow));
    seen.add(nameOf(flow));
    if (!isInside)
      return [{ detail: `Flow ${nameOf(flow)} is not in the namespace ${namespace}`, pointer: `[${index}].namespace` }];
    return isTwice ? [{ detail: `Duplicate flow ${nameOf(flow)}`, pointer: `[${index}].id` }] : [];
  });
  if (errors.length > 0) throw invalidFlow(errors);
}

async function findLeftovers(
  tenant: Tenant,
  drafts: Draft[],
  { namespace, includesChildren }: DeployOptions,
): Promise<StoredFlow[]> {
  const wanted = new Set(drafts.map(({ flow }) => nameOf(flow)));
  const places = namespace === undefined ? [...new Set(drafts.map(({ flow }) => flow.namespace))] : [namespace];
  const present = await Promise.all(
    places.map((place) => flows.listIn(tenant, { namespace: place, includesChildren })),
  );
  return present.flat().filter((one) => !wanted.has(nameOf(one)));
}

export async function setDisabled(tenant: Tenant, refs: readonly FlowRef[], disabled: boolean): Promise<number> {
  const changed = await changingFlows(tenant, refs, () => flows.setDisabled(tenant, refs, disabled));
  return changed.length;
}

export function flowNotFound({ namespace, id }: FlowRef): AppError {
  return new AppError('not_found', `Flow ${namespace}.${id} not found`);
}

export function nameOf({ namespace, id }: FlowRef): string {
  return `${namespace}.${id}`;
}

/** As the flow's namespace has it: what its plugin defaults fill in is not missing. */
async function compileHere(tenant: Tenant, source: string): Promise<Compiled> {
  const pluginDefaults = await namespaces.pluginDefaults(tenant);
  return pluginDefaults === undefined ? compileCached(source) : compileFlow(source, { pluginDefaults });
}
