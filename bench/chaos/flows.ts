/** What runs while everything is being killed. Each task leaves a mark outside: an HTTP call, or a line that a script appends. */
export const NAMESPACE = 'chaos';

/** The marks that an execution of a flow leaves, in the order in which they must be there; those of one step in any order. */
export interface ChaosFlow {
  id: string;
  source: string;
  steps: readonly (readonly string[])[];
  /** Milliseconds that must lie between the step before and this one. */
  pauses?: Readonly<Record<number, number>>;
}

export function chaosFlows(sink: string, marks: string): ChaosFlow[] {
  const call = (id: string) =>
    `- id: ${id}\n  type: io.kestra.plugin.core.http.Request\n  uri: "${sink}/{{ flow.id }}/{{ execution.id }}/${id}"\n`;
  const script = (id: string) =>
    `- id: ${id}\n  type: io.kestra.plugin.scripts.shell.Commands\n  taskRunner: { type: io.kestra.plugin.core.runner.Process }\n  commands:\n  - echo "{{ flow.id }} {{ execution.id }} ${id}" >> ${marks}\n`;
  const trivial = (id: string) => `- id: ${id}\n  type: io.kestra.plugin.core.debug.Return\n  format: ${id}\n`;
  const inner = (task: string) => task.replaceAll(/^(?=.)/gm, '    ');
  const flow = (id: string, tasks: string) => `id: ${id}\nnamespace: ${NAMESPACE}\ntasks:\n${tasks}`;
  const ids = ['a', 'b', 'c'];
  return [
    {
      id: 'calls',
      source: flow('calls', ids.map((id) => call(id) + trivial(`after_${id}`)).join('')),
      steps: ids.map((id) => [id]),
    },
    { id: 'scripts', source: flow('scripts', ids.map(script).join('')), steps: ids.map((id) => [id]) },
    {
      id: 'fan',
      source: flow(
        'fan',
        `${call('begin')}- id: all\n  type: io.kestra.plugin.core.flow.Parallel\n  tasks:\n${ids.map((id) => inner(call(id))).join('')}${call('end')}`,
      ),
      steps: [['begin'], ids, ['end']],
    },
    {
      id: 'sleeps',
      source: flow(
        'sleeps',
        `${call('before')}- id: wait\n  type: io.kestra.plugin.core.flow.Sleep\n  duration: PT2S\n${call('after')}`,
      ),
      steps: [['before'], ['after']],
      pauses: { 1: 2_000 },
    },
    {
      id: 'parent',
      source: flow(
        'parent',
        `${call('before')}- id: child\n  type: io.kestra.plugin.core.flow.Subflow\n  namespace: ${NAMESPACE}\n  flowId: calls\n  wait: true\n  transmitFailed: true\n${call('after')}`,
      ),
      steps: [['before'], ['after']],
    },
    {
      id: 'limited',
      source: `concurrency: { limit: 2 }\n${flow('limited', call('a') + call('b'))}`,
      steps: [['a'], ['b']],
    },
  ];
}
