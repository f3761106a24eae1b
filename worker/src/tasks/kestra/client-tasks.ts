/** `kestra.*`: tasks that call the API of another instance, from one table. They are described and checked, but cannot run yet. */
import * as z from '../../zod.ts';
import { notAvailableYet } from '../not-available-yet.ts';
import { dynamic, dynamicBoolean, dynamicInteger, dynamicMap, dynamicText, dynamicTexts } from '../properties.ts';
import { defineEdgeTask } from '../task.ts';
import type { TaskDefinition } from '../task.ts';

const common = {
  kestraUrl: dynamicText().optional().describe('Address of the instance.'),
  auth: dynamic(
    z.object({
      apiToken: dynamicText().optional(),
      username: dynamicText().optional(),
      password: dynamicText().optional(),
      auto: dynamicBoolean().optional(),
    }),
  )
    .optional()
    .describe('How the calls authenticate.'),
  tenantId: dynamicText().optional().describe('Tenant of the instance.'),
};

const flow = { namespace: dynamicText().optional(), flowId: dynamicText().optional() };
const filter = {
  ...flow,
  states: dynamicTexts().optional(),
  startDate: dynamicText().optional(),
  endDate: dynamicText().optional(),
  timeRange: dynamicText().optional(),
  labels: dynamicMap().optional(),
  flowScopes: dynamicTexts().optional(),
  childFilter: dynamicText().optional(),
  triggerExecutionId: dynamicText().optional(),
};
const page = {
  page: dynamicInteger().optional(),
  size: dynamicInteger().optional(),
  fetchType: dynamicText().optional(),
};

const TASKS: readonly { type: string; title: string; input: z.ZodRawShape; example: string }[] = [
  {
    type: 'kestra.executions.Count',
    title: 'Count executions',
    input: {
      ...filter,
      namespaces: dynamicTexts().optional(),
      flows: dynamic(z.array(z.object(flow))).optional(),
      expression: dynamicText().optional(),
    },
    example: 'namespaces: [company.team]',
  },
  {
    type: 'kestra.executions.Delete',
    title: 'Delete an execution',
    input: {
      executionId: dynamicText(),
      deleteLogs: dynamicBoolean().optional(),
      deleteMetrics: dynamicBoolean().optional(),
      deleteStorage: dynamicBoolean().optional(),
    },
    example: 'executionId: "{{ inputs.id }}"',
  },
  {
    type: 'kestra.executions.Kill',
    title: 'Kill an execution',
    input: { executionId: dynamicText(), propagateKill: dynamicBoolean().optional() },
    example: 'executionId: "{{ inputs.id }}"',
  },
  {
    type: 'kestra.executions.Query',
    title: 'Search executions',
    input: { ...filter, ...page },
    example: 'namespace: company.team',
  },
  {
    type: 'kestra.executions.Resume',
    title: 'Resume a paused execution',
    input: { executionId: dynamicText(), inputs: dynamicMap().optional() },
    example: 'executionId: "{{ inputs.id }}"',
  },
  {
    type: 'kestra.flows.Export',
    title: 'Export flows as an archive',
    input: {
      ...flow,
      labels: dynamicMap().optional(),
      idsWithNamespace: dynamic(z.array(z.record(z.string(), z.unknown()))).optional(),
    },
    example: 'namespace: company.team',
  },
  {
    type: 'kestra.flows.ExportById',
    title: 'Export certain flows as an archive',
    input: { idsWithNamespace: dynamic(z.array(z.object({ namespace: dynamicText(), id: dynamicText() }))) },
    example: 'idsWithNamespace:\n  - { namespace: company.team, id: hello }',
  },
  { type: 'kestra.flows.List', title: 'List flows', input: { ...flow, ...page }, example: 'namespace: company.team' },
  {
    type: 'kestra.flows.ListNamespaces',
    title: 'List the namespaces that have flows',
    input: { prefix: dynamicText().optional(), ...page },
    example: 'prefix: company',
  },
  {
    type: 'kestra.logs.Fetch',
    title: 'Fetch the log of an execution',
    input: {
      executionId: dynamicText(),
      minLevel: dynamicText().optional(),
      taskId: dynamicText().optional(),
      taskRunId: dynamicText().optional(),
      attempt: dynamicInteger().optional(),
    },
    example: 'executionId: "{{ inputs.id }}"',
  },
  {
    type: 'kestra.namespaces.List',
    title: 'List namespaces',
    input: { prefix: dynamicText().optional(), existingOnly: dynamicBoolean().optional(), ...page },
    example: 'prefix: company',
  },
  {
    type: 'kestra.namespaces.NamespacesWithFlows',
    title: 'List the namespaces that have flows',
    input: { prefix: dynamicText().optional() },
    example: 'prefix: company',
  },
  {
    type: 'kestra.triggers.Toggle',
    title: 'Enable or disable a trigger',
    input: {
      namespace: dynamicText(),
      flowId: dynamicText(),
      trigger: dynamicText(),
      enabled: dynamicBoolean().optional(),
    },
    example: 'namespace: company.team\nflowId: hello\ntrigger: daily',
  },
];

export const clientTasks: readonly TaskDefinition[] = TASKS.map(({ type, title, input, example }) =>
  defineEdgeTask({
    type,
    title: `${title} of another instance`,
    input: z.object({ ...common, ...input }),
    examples: [{ title: 'A call', yaml: `kestraUrl: https://kestra.example.com\n${example}` }],
    run: () => notAvailableYet(type),
  }),
);
