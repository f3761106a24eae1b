import { z } from 'zod';
import { BULK_ITEMS_MAX } from '../../limits.ts';
import {
  EvalResult,
  ExecutionView,
  FilePreview,
  LabelView,
  LogEntry,
  MetricEntry,
} from '../../protocol/execution-view.ts';
import { PageQuery, pagedOf } from '../../protocol/paging.ts';
import { LOG_LEVELS, TERMINAL_STATES } from '../../protocol/states.ts';
import { empty, file, json, jsonBody } from '../operation.ts';
import type { Answer, Content, Operation, Operations } from '../operation.ts';

const EXECUTION = json('The execution', ExecutionView);
const COUNT = json('How many', z.object({ count: z.int() }));
const EXECUTIONS = json('Executions', pagedOf(ExecutionView));
const EVENTS = file('Events `start`, `progress`, `end`', 'text/event-stream');
const INPUTS: Content = { type: 'multipart/form-data', schema: z.record(z.string(), z.unknown()), isOptional: true };
const EXPRESSION: Content = { type: 'text/plain', schema: z.string() };
const IDS = jsonBody(z.array(z.string()).max(BULK_ITEMS_MAX));
const LABELS = z.array(LabelView);
const REVISION = z.object({ revision: z.int().min(1).optional() });
const LOG_QUERY = z.object({
  minLevel: z.enum(LOG_LEVELS).optional(),
  taskId: z.string().optional(),
  taskRunId: z.string().optional(),
  attempt: z.int().min(0).optional(),
});
const START = z.object({
  labels: z.array(z.string()).optional(),
  wait: z.boolean().optional(),
  revision: z.int().min(1).optional(),
  scheduleDate: z.iso.datetime({ offset: true }).optional(),
  kind: z.enum(['NORMAL', 'TEST', 'PLAYGROUND']).optional(),
});
const WEBHOOK: Omit<Operation, 'id'> = {
  summary: 'Start an execution by the key of a webhook',
  answer: json('The execution, or what the flow answers', z.unknown()),
  errors: ['illegal_state', 'invalid_input'],
};

/** An action under both of its paths: the older one may answer without a body. */
function action(
  verb: string,
  { id, older = EXECUTION, method = 'POST', ...about }: Omit<Operation, 'answer'> & { older?: Answer; method?: string },
): Operations {
  const errors = [...(about.errors ?? []), 'illegal_state'] as const;
  const path = `/{tenant}/executions/{id}`;
  return {
    [`${method} ${path}/${verb}`]: { id, ...about, errors, answer: older },
    [`${method} ${path}/actions/${verb}`]: { id: `${id}Action`, ...about, errors, answer: EXECUTION },
    // Every action of the newer line can be posted.
    ...(method !== 'POST' && {
      [`POST ${path}/actions/${verb}`]: { id: `${id}PostAction`, ...about, errors, answer: EXECUTION },
    }),
  };
}

function evaluation(id: string, path: string): Operations {
  const summary = 'Render an expression as a task of the execution would';
  return {
    [`POST /{tenant}/executions/{id}/${path}`]: { id, summary, body: EXPRESSION, answer: json('The text', EvalResult) },
  };
}

/** An action on many executions, by ids and by query. */
function bulk(
  verb: string,
  name: string,
  summary: string,
  more: { method?: string; body?: Content; query?: z.ZodObject } = {},
): Operations {
  const { method = 'POST', body = IDS, query } = more;
  const path = verb === '' ? '/{tenant}/executions' : `/{tenant}/executions/${verb}`;
  return {
    [`${method} ${path}/by-ids`]: {
      id: `${name}ByIds`,
      summary: `${summary}: all of them, or none when one cannot be acted on`,
      body,
      query,
      answer: COUNT,
      errors: ['bulk_validation_failed'],
    },
    [`${method} ${path}/by-query`]: {
      id: `${name}ByQuery`,
      summary: `${summary} that a search finds`,
      query,
      answer: COUNT,
      errors: ['bulk_validation_failed', 'invalid_filter', 'limit_reached'],
    },
  };
}

const logs: Operations = {
  'GET /{tenant}/logs/{id}': {
    id: 'listLogsFromExecution',
    summary: 'The log of an execution',
    query: LOG_QUERY,
    answer: json('Log entries', z.array(LogEntry)),
  },
  'GET /{tenant}/logs/{id}/download': {
    id: 'downloadLogsFromExecution',
    summary: 'The log of an execution as text',
    query: LOG_QUERY,
    answer: file('Lines', 'text/plain'),
  },
  'GET /{tenant}/logs/{id}/follow': {
    id: 'followLogsFromExecution',
    summary: 'Follow the log of an execution',
    query: LOG_QUERY,
    answer: EVENTS,
  },
  'DELETE /{tenant}/logs/{id}': {
    id: 'deleteLogsFromExecution',
    summary: 'Delete the log of an execution',
    answer: empty(204),
  },
  'GET /{tenant}/metrics/{id}': {
    id: 'searchMetricsByExecution',
    summary: 'The metrics of an execution',
    query: PageQuery,
    answer: json('Metrics', pagedOf(MetricEntry)),
  },
  'GET /{tenant}/outputs/{id}': {
    id: 'getTaskOutputsInformation',
    summary: 'The task runs of an execution that have outputs',
    answer: json(
      'Task runs',
      z.array(z.looseObject({ taskId: z.string(), taskRunId: z.string(), inline: z.boolean() })),
    ),
  },
  'GET /{tenant}/outputs/{id}/{taskRunId}': {
    id: 'getTaskRunOutputs',
    summary: 'The outputs of a task run',
    answer: json('Outputs', z.record(z.string(), z.unknown())),
  },
};

const webhooks: Operations = Object.fromEntries(
  ['GET', 'POST', 'PUT'].flatMap((method) => {
    const id = `triggerExecutionBy${method[0]}${method.slice(1).toLowerCase()}Webhook`;
    const path = `${method} /{tenant}/executions/webhook/{namespace}/{flowId}/{key}`;
    return [
      [path, { ...WEBHOOK, id }],
      [`${path}/{path}`, { ...WEBHOOK, id: `${id}WithPath` }],
    ];
  }),
);

export const executionOperations: Operations = {
  ...webhooks,
  'GET /{tenant}/executions/search': {
    id: 'searchExecutions',
    summary: 'Search executions',
    query: PageQuery.extend({ expand: z.string().optional() }),
    answer: EXECUTIONS,
    errors: ['invalid_filter'],
  },
  'GET /{tenant}/executions': {
    id: 'searchExecutionsByFlowId',
    summary: 'Search executions of a flow',
    query: PageQuery.extend({ namespace: z.string().optional(), flowId: z.string().optional() }),
    answer: EXECUTIONS,
    errors: ['invalid_filter'],
  },
  'POST /{tenant}/executions/latest': {
    id: 'getLatestExecutions',
    summary: 'The newest execution of each of these flows',
    body: jsonBody(z.array(z.object({ namespace: z.string(), id: z.string() })).max(BULK_ITEMS_MAX)),
    answer: json(
      'Executions',
      z.array(
        z.object({
          id: z.string(),
          flowId: z.string(),
          namespace: z.string(),
          startDate: z.string(),
          status: z.string(),
        }),
      ),
    ),
  },
  'POST /{tenant}/executions/{namespace}/{flowId}': {
    id: 'createExecution',
    summary: 'Start an execution',
    query: START,
    body: INPUTS,
    answer: EXECUTION,
    errors: ['invalid_input', 'illegal_state'],
  },
  'POST /{tenant}/executions/trigger/{namespace}/{flowId}': {
    id: 'triggerExecution',
    summary: 'Start an execution, by its older path',
    query: START,
    body: INPUTS,
    answer: EXECUTION,
    errors: ['invalid_input', 'illegal_state'],
  },
  'POST /{tenant}/executions/{namespace}/{flowId}/validate': {
    id: 'validateNewExecutionInputs',
    summary: 'Say what is wrong with inputs; nothing is started',
    body: INPUTS,
    answer: json(
      'Each input',
      z.array(
        z.looseObject({
          id: z.string(),
          namespace: z.string(),
          inputs: z.array(z.looseObject({})),
          checks: z.array(z.looseObject({})),
        }),
      ),
    ),
  },
  'GET /{tenant}/executions/{id}': {
    id: 'getExecution',
    summary: 'Get an execution with its task runs',
    answer: EXECUTION,
  },
  'DELETE /{tenant}/executions/{id}': {
    id: 'deleteExecution',
    summary: 'Delete an execution',
    query: z.object({ includeNonTerminated: z.boolean().optional(), deleteStorage: z.boolean().optional() }),
    answer: empty(204),
    errors: ['illegal_state'],
  },
  'GET /{tenant}/executions/{id}/graph': {
    id: 'getExecutionFlowGraph',
    summary: 'The graph of an execution: of its flow, with the task runs',
  },
  'GET /{tenant}/executions/{id}/follow': {
    id: 'followExecution',
    summary: 'Follow an execution until it ends',
    answer: EVENTS,
  },
  'GET /{tenant}/executions/{id}/flow': {
    id: 'getFlowFromExecutionById',
    summary: 'The flow of an execution, for whoever runs it',
    answer: json('The flow', z.looseObject({ id: z.string(), namespace: z.string(), revision: z.int() })),
  },
  'GET /{tenant}/executions/{id}/file': {
    id: 'downloadFileFromExecution',
    summary: 'Download a file of an execution',
    query: z.object({ path: z.string() }),
    answer: file('The file', 'application/octet-stream'),
  },
  'GET /{tenant}/executions/{id}/file/metas': {
    id: 'getFileMetadatasFromExecution',
    summary: 'The size of a file of an execution',
    query: z.object({ path: z.string() }),
    answer: json('Its size', z.object({ size: z.int() })),
  },
  'GET /{tenant}/executions/{id}/file/preview': {
    id: 'previewFileFromExecution',
    summary: 'The beginning of a file of an execution',
    query: z.object({ path: z.string(), maxRows: z.int().optional(), encoding: z.string().optional() }),
    answer: json('Its beginning', FilePreview),
  },
  ...action('kill', {
    id: 'killExecution',
    summary: 'Kill an execution',
    method: 'DELETE',
    older: empty(202, 'It is being killed'),
  }),
  ...action('pause', { id: 'pauseExecution', summary: 'Pause an execution', older: empty(204) }),
  ...action('resume', {
    id: 'resumeExecution',
    summary: 'Resume a paused execution',
    body: INPUTS,
    older: empty(204),
    errors: ['invalid_input'],
  }),
  ...action('resume/validate', {
    id: 'validateResumeExecutionInputs',
    summary: 'Say what is wrong with the inputs of a resume',
    body: INPUTS,
    older: empty(204),
    errors: ['invalid_input'],
  }),
  ...action('restart', {
    id: 'restartExecution',
    summary: 'Restart an execution from its failed tasks',
    query: REVISION,
  }),
  ...action('replay', {
    id: 'replayExecution',
    summary: 'Run an execution again as a new one',
    query: REVISION.extend({ taskRunId: z.string().optional() }),
  }),
  ...action('replay-with-inputs', {
    id: 'replayExecutionWithinputs',
    summary: 'Run an execution again with other inputs',
    query: REVISION.extend({ taskRunId: z.string().optional() }),
    body: INPUTS,
    errors: ['invalid_input'],
  }),
  ...action('change-status', {
    id: 'updateExecutionStatus',
    summary: 'Change the state of an ended execution',
    query: z.object({ status: z.enum(TERMINAL_STATES) }),
  }),
  ...action('state', {
    id: 'updateTaskRunState',
    summary: 'Change the state of a task run',
    body: jsonBody(z.object({ taskRunId: z.string(), state: z.enum(TERMINAL_STATES) })),
  }),
  ...action('labels', {
    id: 'setLabelsOnTerminatedExecution',
    summary: 'Set the labels of an ended execution',
    body: jsonBody(LABELS),
  }),
  ...action('unqueue', {
    id: 'unqueueExecution',
    summary: 'Let a queued execution run',
    query: z.object({ state: z.enum(['RUNNING', 'CANCELLED', 'FAILED']).optional() }),
  }),
  ...action('force-run', { id: 'forceRunExecution', summary: 'Let a waiting execution run' }),
  ...evaluation('evalExpression', 'eval'),
  ...evaluation('evalExpressionAction', 'actions/eval'),
  ...evaluation('evalTaskRunExpression', 'eval/{taskRunId}'),
  ...evaluation('evalTaskRunExpressionAction', 'actions/eval/{taskRunId}'),
  ...bulk('kill', 'killExecutions', 'Kill executions', { method: 'DELETE' }),
  ...bulk('pause', 'pauseExecutions', 'Pause executions'),
  ...bulk('resume', 'resumeExecutions', 'Resume executions'),
  ...bulk('restart', 'restartExecutions', 'Restart executions'),
  ...bulk('force-run', 'forceRunExecutions', 'Let waiting executions run'),
  ...bulk('unqueue', 'unqueueExecutions', 'Let queued executions run'),
  ...bulk('change-status', 'updateExecutionsStatus', 'Change the states of ended executions', {
    query: z.object({ newStatus: z.enum(TERMINAL_STATES) }),
  }),
  ...bulk('labels', 'setLabelsOnTerminatedExecutions', 'Set the labels of ended executions', {
    body: jsonBody(z.object({ executionsId: z.array(z.string()), executionLabels: LABELS })),
  }),
  ...bulk('', 'deleteExecutions', 'Delete executions', {
    method: 'DELETE',
    query: z.object({ includeNonTerminated: z.boolean().optional() }),
  }),
  ...logs,
};
