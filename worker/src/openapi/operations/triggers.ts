import { z } from 'zod';
import { PageQuery, pagedOf } from '../../protocol/paging.ts';
import { TriggerStateView } from '../../protocol/trigger-view.ts';
import { empty, json, jsonBody } from '../operation.ts';
import type { Operation, Operations } from '../operation.ts';

const Key = z.object({ namespace: z.string(), flowId: z.string(), triggerId: z.string() });
const Backfill = z.object({
  start: z.string(),
  end: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).optional(),
});
const Found = z.object({
  abstractTrigger: z.looseObject({ id: z.string(), type: z.string() }),
  triggerContext: TriggerStateView,
  trigger: z.looseObject({ id: z.string(), type: z.string() }),
  state: TriggerStateView,
});
const Line = Key.extend({ timestamp: z.string(), level: z.literal('ERROR'), message: z.string() });
const STATE = json('The state of the trigger', TriggerStateView);
const COUNT = json('How many', z.object({ count: z.int() }));

function onOne(id: string, summary: string, body: z.ZodType = Key): Operation {
  return { id, summary, body: jsonBody(body), answer: STATE, errors: ['conflict'] };
}

function bulk(verb: string, name: string, summary: string, method = 'POST'): Operations {
  const path = `${method} /{tenant}/triggers/${verb}`;
  return {
    [`${path}/by-triggers`]: { id: `${name}ByIds`, summary, body: jsonBody(z.array(Key)), answer: COUNT },
    [`${path}/by-query`]: {
      id: `${name}ByQuery`,
      summary: `${summary} that a search finds`,
      answer: COUNT,
      errors: ['invalid_filter'],
    },
  };
}

export const triggerOperations: Operations = {
  'GET /{tenant}/triggers/search': {
    id: 'searchTriggers',
    summary: 'Search triggers',
    query: PageQuery,
    answer: json('Triggers', pagedOf(Found)),
    errors: ['invalid_filter'],
  },
  'GET /{tenant}/triggers/{namespace}/{flowId}': {
    id: 'searchTriggersForFlow',
    summary: 'The triggers of a flow',
    query: PageQuery,
    answer: json('States', pagedOf(TriggerStateView)),
  },
  'GET /{tenant}/triggers/{namespace}/{flowId}/{triggerId}/logs': {
    id: 'listTriggerLogs',
    summary: 'What a trigger has complained about, the newest first',
    query: PageQuery,
    answer: json('Lines', pagedOf(Line)),
  },
  'PUT /{tenant}/triggers': onOne(
    'updateTrigger',
    'Switch a trigger, or change its backfill',
    Key.extend({ disabled: z.boolean().optional(), backfill: Backfill.optional() }),
  ),
  'PUT /{tenant}/triggers/set-disabled': onOne(
    'disableTriggerById',
    'Switch a trigger on or off',
    Key.extend({ disabled: z.boolean() }),
  ),
  'PUT /{tenant}/triggers/backfill/create': onOne(
    'createBackfill',
    'Begin a backfill',
    Key.extend({ backfill: Backfill }),
  ),
  'PUT /{tenant}/triggers/backfill/pause': onOne('pauseBackfill', 'Pause a backfill'),
  'PUT /{tenant}/triggers/backfill/unpause': onOne('unpauseBackfill', 'Go on with a backfill'),
  'POST /{tenant}/triggers/backfill/delete': onOne('deleteBackfill', 'End a backfill'),
  'POST /{tenant}/triggers/{namespace}/{flowId}/{triggerId}/unlock': {
    id: 'unlockTrigger',
    summary: 'Take the lock of a trigger away',
    answer: STATE,
    errors: ['conflict'],
  },
  'POST /{tenant}/triggers/{namespace}/{flowId}/{triggerId}/restart': {
    id: 'restartTrigger',
    summary: 'Let a trigger begin anew',
    answer: STATE,
  },
  'DELETE /{tenant}/triggers/{namespace}/{flowId}/{triggerId}': {
    id: 'deleteTrigger',
    summary: 'Forget a trigger and its state',
    answer: empty(204),
  },
  ...bulk('set-disabled', 'disabledTriggers', 'Switch triggers on or off'),
  ...bulk('unlock', 'unlockTriggers', 'Take the locks of triggers away'),
  ...bulk('delete', 'deleteTriggers', 'Forget triggers', 'DELETE'),
  ...bulk('backfill/pause', 'pauseBackfills', 'Pause backfills'),
  ...bulk('backfill/unpause', 'unpauseBackfills', 'Go on with backfills'),
  ...bulk('backfill/delete', 'deleteBackfills', 'End backfills'),
};
