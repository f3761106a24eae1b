/** Where each task of a flow stands: its list, its place there and the task around it. Disabled tasks are absent. */
import type { Flow, Task } from '../flow/flow.ts';
import type { Phase, TaskRun } from './execution.ts';

export interface TaskPlace {
  task: Task;
  /** The structural task around it; absent at the top of the flow. */
  owner?: Task;
  position: number;
}

interface FlowIndex {
  places: Map<string, TaskPlace>;
  lists: Map<Task | Flow, Map<string, Task[]>>;
}

const indexes = new WeakMap<Flow, FlowIndex>();

export function placeOf(flow: Flow, taskId: string): TaskPlace | undefined {
  return indexOf(flow).places.get(taskId);
}

/** What a task run does: its task, or what that has made of itself. */
export function taskOf(flow: Flow, run: Pick<TaskRun, 'taskId' | 'made'>): Task | undefined {
  const task = placeOf(flow, run.taskId)?.task;
  return task && run.made ? { ...task, ...run.made } : task;
}

/** The enabled tasks of one list of a task, or of the flow itself. */
export function listOf(flow: Flow, owner: Task | undefined, list: string): readonly Task[] {
  return (
    indexOf(flow)
      .lists.get(owner ?? flow)
      ?.get(list) ?? []
  );
}

function indexOf(flow: Flow): FlowIndex {
  let index = indexes.get(flow);
  if (index === undefined) {
    index = { places: new Map(), lists: new Map() };
    const roots: Record<Phase, Task[]> = flow;
    for (const phase of ['tasks', 'errors', 'finally', 'afterExecution'] as const) {
      addList(index, flow, undefined, phase, roots[phase]);
    }
    indexes.set(flow, index);
  }
  return index;
}

function addList(index: FlowIndex, key: Task | Flow, owner: Task | undefined, list: string, tasks: Task[]): void {
  const enabled = tasks.filter((task) => !task.disabled);
  const lists = index.lists.get(key) ?? new Map<string, Task[]>();
  index.lists.set(key, lists.set(list, enabled));
  enabled.forEach((task, position) => {
    index.places.set(task.id, owner ? { task, owner, position } : { task, position });
    for (const [name, children] of Object.entries(task.lists)) addList(index, task, task, name, children);
  });
}
