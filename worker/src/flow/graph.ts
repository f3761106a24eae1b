/** A flow as a graph to draw: a node for each task, an edge for "then", and a cluster around the tasks inside a task.
 *   G1. Every cluster has one node where it starts and one where it ends; edges enter and leave it only there.
 *   G2. A uid says where its node stands (`root.each.fetch`), so that it is the same for the same flow. What is no task is
 *       named after a `#`, which no id has. */
import type { JsonObject } from '../protocol/json.ts';
import type { Flow, Task, Trigger } from './flow.ts';
import { calledBy } from './links.ts';

export const RELATIONS = [
  'SEQUENTIAL',
  'PARALLEL',
  'CHOICE',
  'DYNAMIC',
  'ERROR',
  'FINALLY',
  'AFTER_EXECUTION',
] as const;
export type Relation = (typeof RELATIONS)[number];

export interface GraphNode {
  uid: string;
  /** Clients of Kestra tell nodes apart by the last part of this name. */
  type: string;
  branchType?: Relation;
  task?: JsonObject;
  trigger?: JsonObject;
  /** Of an execution's graph: the newest run of the task. */
  taskRun?: JsonObject;
}

export interface GraphEdge {
  source: string;
  target: string;
  relation: { relationType: Relation; value?: string };
}

export interface GraphCluster {
  cluster: { uid: string; type: string; branchType?: Relation; taskNode?: GraphNode };
  nodes: string[];
  /** Uids of the clusters around it, from the outside. */
  parents: string[];
  start: string;
  end: string;
}

export interface FlowGraph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  clusters: GraphCluster[];
  /** Ids of the tasks that hold others. */
  flowables: string[];
}

export interface GraphOptions {
  /** Flows to draw in the place of the tasks that call them, by the task's uid. */
  subflows?: ReadonlyMap<string, Flow>;
  /** What an execution made of a task. */
  taskRunOf?(taskId: string): JsonObject | undefined;
}

export function flowGraph(flow: Flow, options: GraphOptions = {}): FlowGraph {
  const graph = new Graph(options);
  graph.addFlow(flow, 'root', []);
  return graph.result;
}

const TYPE = 'io.kestra.core.models.hierarchies.';

/** A place that edges come from, and what they mean. */
interface Way {
  from: string;
  relation: Relation;
  value?: string;
}

/** Where something that is drawn is entered, and what comes after it. */
interface Part {
  start: string;
  end: string;
}

interface Around {
  /** Uids of clusters, from the outside. */
  clusters: string[];
  /** What nodes' uids begin with. */
  prefix: string;
  branch?: Relation;
}

class Graph {
  readonly result: FlowGraph = { nodes: [], edges: [], clusters: [], flowables: [] };
  readonly #options: GraphOptions;

  constructor(options: GraphOptions) {
    this.#options = options;
  }

  addFlow(flow: Flow, prefix: string, clusters: string[]): Part {
    const around: Around = { clusters, prefix };
    const { start, end } = this.#ends(prefix, around);
    const begin = this.#triggers(flow.triggers, start, around);
    const last = this.#sequence(flow.tasks, { from: begin, relation: 'SEQUENTIAL' }, around);
    const handled = this.#branch('errors', flow.errors, { from: begin, relation: 'ERROR' }, around);
    const cleaned = this.#branch('finally', flow.finally, { from: last, relation: 'FINALLY' }, around);
    this.#edge({ from: cleaned ?? last, relation: 'SEQUENTIAL' }, end);
    if (handled !== undefined) this.#edge({ from: handled, relation: 'SEQUENTIAL' }, end);
    this.#branch('afterExecution', flow.afterExecution, { from: end, relation: 'AFTER_EXECUTION' }, around);
    return { start, end };
  }

  /** Answers where the tasks begin. */
  #triggers(triggers: readonly Trigger[], start: string, around: Around): string {
    if (triggers.length === 0) return start;
    const { inside, part } = this.#cluster('#triggers', around, {});
    this.#edge({ from: start, relation: 'SEQUENTIAL' }, part.start);
    for (const { id, type, disabled } of triggers) {
      const uid = `${inside.prefix}.${id}`;
      this.#node({ uid, type: `${TYPE}GraphTrigger`, trigger: { id, type, disabled } }, inside);
      this.#edge({ from: part.start, relation: 'SEQUENTIAL' }, uid);
      this.#edge({ from: uid, relation: 'SEQUENTIAL' }, part.end);
    }
    return part.end;
  }

  /** One task after the other; answers the last place, which is where it came from when there are none. */
  #sequence(tasks: readonly Task[], way: Way, around: Around): string {
    let next = way;
    for (const task of tasks) {
      const part = this.#task(task, around);
      this.#edge(next, part.start);
      next = { from: part.end, relation: 'SEQUENTIAL' };
    }
    return next.from;
  }

  /** A list that is only run in some cases, in a cluster of its own. */
  #branch(name: string, tasks: readonly Task[], way: Way, around: Around): string | undefined {
    if (tasks.length === 0) return undefined;
    const { inside, part } = this.#cluster(`#${name}`, around, { branch: way.relation });
    this.#edge(way, part.start);
    const last = this.#sequence(tasks, { from: part.start, relation: 'SEQUENTIAL' }, inside);
    this.#edge({ from: last, relation: 'SEQUENTIAL' }, part.end);
    return part.end;
  }

  #task(task: Task, around: Around): Part {
    const uid = `${around.prefix}.${task.id}`;
    const subflow = this.#options.subflows?.get(uid);
    if (subflow !== undefined) return this.#subflow(task, uid, subflow, around);
    if (Object.keys(task.lists).length === 0) {
      this.#taskNode(task, uid, around);
      return { start: uid, end: uid };
    }
    this.result.flowables.push(task.id);
    const { inside, part } = this.#cluster(`.${task.id}`, around, { task });
    const node = this.#taskNode(task, uid, inside);
    this.#edge({ from: part.start, relation: 'SEQUENTIAL' }, node);
    const ends = this.#lists(task, node, inside);
    const cleaned = this.#finally(task, ends, inside);
    for (const from of cleaned) this.#edge({ from, relation: 'SEQUENTIAL' }, part.end);
    return part;
  }

  /** The lists of a task but `finally`; answers their last places. */
  #lists(task: Task, node: string, inside: Around): string[] {
    const ends = Object.entries(task.lists).flatMap(([list, tasks]) => {
      if (list === 'finally' || tasks.length === 0) return [];
      if (list === 'errors') return this.#branch(list, tasks, { from: node, relation: 'ERROR' }, inside) ?? [];
      if (task.dependsOn !== undefined) return this.#dependencies(tasks, task.dependsOn, node, inside);
      if (PARALLEL.has(task.type)) {
        return tasks.map((child) => this.#sequence([child], { from: node, relation: 'PARALLEL' }, inside));
      }
      return [this.#sequence(tasks, wayInto(task, list, node), inside)];
    });
    return ends.length > 0 ? ends : [node];
  }

  #finally(task: Task, ends: string[], inside: Around): string[] {
    const [first, ...others] = ends;
    const tasks = task.lists.finally ?? [];
    if (first === undefined || tasks.length === 0) return ends;
    const end = this.#branch('finally', tasks, { from: first, relation: 'FINALLY' }, inside);
    for (const from of others) this.#edge({ from, relation: 'FINALLY' }, partOf(`${inside.prefix}#finally`).start);
    return end === undefined ? ends : [end];
  }

  /** Each child after those it waits for; answers the ones that nobody waits for. */
  #dependencies(tasks: readonly Task[], dependsOn: Record<string, string[]>, node: string, inside: Around): string[] {
    const parts = new Map(tasks.map((task) => [task.id, this.#task(task, inside)]));
    const awaited = new Set<string>();
    for (const [id, part] of parts) {
      const before = (dependsOn[id] ?? []).flatMap((name) => parts.get(name) ?? []);
      for (const name of dependsOn[id] ?? []) awaited.add(name);
      if (before.length === 0) this.#edge({ from: node, relation: 'PARALLEL' }, part.start);
      for (const { end } of before) this.#edge({ from: end, relation: 'PARALLEL' }, part.start);
    }
    return [...parts].filter(([id]) => !awaited.has(id)).map(([, { end }]) => end);
  }

  #subflow(task: Task, uid: string, flow: Flow, around: Around): Part {
    const clusterUid = `cluster_${uid}`;
    this.result.clusters.push({
      cluster: { uid: clusterUid, type: `${TYPE}SubflowGraphCluster`, taskNode: this.#describe(task, uid, around) },
      nodes: [],
      parents: around.clusters,
      ...partOf(uid),
    });
    return this.addFlow(flow, uid, [...around.clusters, clusterUid]);
  }

  #cluster(name: string, around: Around, { task, branch }: { task?: Task; branch?: Relation }) {
    const prefix = `${around.prefix}${name}`;
    const uid = `cluster_${prefix}`;
    const inside: Around = {
      clusters: [...around.clusters, uid],
      prefix,
      branch: branch ?? around.branch,
    };
    const part = partOf(prefix);
    this.result.clusters.push({
      cluster: {
        uid,
        type: `${TYPE}GraphCluster`,
        ...(inside.branch && { branchType: inside.branch }),
        ...(task && { taskNode: this.#describe(task, prefix, around) }),
      },
      nodes: [],
      parents: around.clusters,
      ...part,
    });
    this.#ends(prefix, inside);
    return { inside, part };
  }

  #ends(prefix: string, around: Around): Part {
    const part = partOf(prefix);
    this.#node({ uid: part.start, type: `${TYPE}GraphClusterRoot` }, around);
    this.#node({ uid: part.end, type: `${TYPE}GraphClusterEnd` }, around);
    return part;
  }

  #taskNode(task: Task, uid: string, around: Around): string {
    return this.#node(this.#describe(task, uid, around), around);
  }

  #describe(task: Task, uid: string, { branch }: Around): GraphNode {
    const { id, sourceType, description, disabled, properties } = task;
    const taskRun = this.#options.taskRunOf?.(id);
    return {
      uid,
      type: `${TYPE}${calledBy(task) === undefined ? 'GraphTask' : 'SubflowGraphTask'}`,
      ...(branch && { branchType: branch }),
      task: {
        ...properties,
        id,
        type: sourceType,
        ...(description !== undefined && { description }),
        ...(disabled && { disabled }),
      },
      ...(taskRun && { taskRun }),
    };
  }

  #node(node: GraphNode, { clusters, branch }: Around): string {
    this.result.nodes.push({ ...node, ...(branch && { branchType: branch }) });
    const innermost = clusters.at(-1);
    this.result.clusters.find(({ cluster }) => cluster.uid === innermost)?.nodes.push(node.uid);
    return node.uid;
  }

  #edge({ from, relation, value }: Way, target: string): void {
    this.result.edges.push({
      source: from,
      target,
      relation: { relationType: relation, ...(value !== undefined && { value }) },
    });
  }
}

function partOf(prefix: string): Part {
  return { start: `${prefix}#start`, end: `${prefix}#end` };
}

const PARALLEL = new Set(['core.flow.Parallel', 'core.flow.EachParallel']);
const REPEATING = new Set(['core.flow.ForEach', 'core.flow.EachSequential', 'core.flow.LoopUntil', 'core.flow.Loop']);

/** `then`, `else`, `defaults` and `cases.<key>` are chosen; the children of a loop come once for each item. */
function wayInto({ type }: Task, list: string, from: string): Way {
  if (list !== 'tasks') return { from, relation: 'CHOICE', value: list.replace(/^cases\./, '') };
  return { from, relation: REPEATING.has(type) ? 'DYNAMIC' : 'SEQUENTIAL' };
}
