/** Triggers that look for something at intervals. A further type is one more file and one more line here. */
import { AppError } from '../../errors.ts';
import type { Flow, Trigger } from '../../flow/flow.ts';
import type { ExecutionId } from '../../ids.ts';
import { POLL_INTERVAL_MS_DEFAULT, POLL_INTERVAL_MS_MIN } from '../../limits.ts';
import { parseDuration } from '../../protocol/duration.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { fail, ok } from '../../result.ts';
import type { Result } from '../../result.ts';
import { evaluateConditions } from '../../schedule/conditions/evaluate.ts';
import type { DatedRule } from '../../schedule/schedule-step.ts';
import { dateText } from '../../schedule/zoned-date.ts';
import { TaskFailure } from '../../tasks/task.ts';
import type { Tenant } from '../../tenant.ts';
import type { EdgePort } from '../edge-calls.ts';
import type { FlowWorld } from '../trigger-world.ts';
import { httpTrigger } from './http-trigger.ts';
import { kvTrigger } from './kv-trigger.ts';
import { namespaceFilesTrigger } from './namespace-files-trigger.ts';
import { storageTrigger } from './storage-trigger.ts';

export interface Looking {
  trigger: Trigger;
  flow: Flow;
  world: FlowWorld;
  tenant: Tenant;
  /** Where what waits for the network runs. */
  edge: EdgePort;
  now: number;
  /** What the last look has left; absent at the first one. */
  memory?: JsonObject;
  /** Of the execution that is to start, should this look find something. */
  executionId: ExecutionId;
}

export interface Seen {
  /** `trigger.*` of the execution that is to start; absent when there is nothing to start it for. */
  variables?: JsonObject;
  /** For the next look; absent for those that need none. It counts only when the start does. */
  memory?: JsonObject;
  /** Done when the start is sure. It may be lost in a crash: the next look makes up for it. */
  settle?(): Promise<void>;
}

/** An error is for people: the state stays as it is, and the next look comes an interval later. */
export type Look = (looking: Looking) => Promise<Result<Seen, string>>;

const LOOKS: Readonly<Record<string, Look>> = {
  'core.http.Trigger': httpTrigger,
  'core.kv.Trigger': kvTrigger,
  'core.namespace.Trigger': namespaceFilesTrigger,
  'core.storage.Trigger': storageTrigger,
};

export interface Sight extends Seen {
  /** A condition could not be evaluated: the execution is created as a failure. */
  failed?: string;
}

/** Conditions come first: what they rule out is not looked for. */
export async function poll(looking: Looking): Promise<Result<Sight, string>> {
  const { trigger, world, now } = looking;
  const look = Object.hasOwn(LOOKS, trigger.type) ? LOOKS[trigger.type] : undefined;
  if (look === undefined) return fail(`Triggers of the type ${trigger.type} are not available on this server.`);
  const variables = { trigger: { date: dateText(now, world.zone) } };
  const date = { at: now, zone: world.zone };
  const context = { ...world, date, render: (template: string) => world.render(template, variables) };
  const verdict = await evaluateConditions(trigger.conditions, trigger.when, context);
  if (!verdict.ok) return ok({ variables: {}, failed: verdict.error });
  if (!verdict.value.holds) return ok({});
  try {
    return await look(looking);
  } catch (cause) {
    // What is refused has a text for people; anything else is a fault of ours or of the platform, and told as one.
    if (cause instanceof AppError || cause instanceof TaskFailure) return fail(cause.message);
    throw cause;
  }
}

/** The first look is at once; the next one an interval after the last. */
export function pollRule({ properties }: Trigger, zone: string): DatedRule {
  const { interval } = properties;
  const written = typeof interval === 'string' ? parseDuration(interval) : undefined;
  const ms = Math.max(POLL_INTERVAL_MS_MIN, written ?? POLL_INTERVAL_MS_DEFAULT);
  return {
    timetable: { next: (after) => after + ms, previous: (before) => before - ms },
    zone,
    recover: 'ALL',
    recoverIsWritten: false,
    countsFromStart: false,
    fits: async () => ok({ holds: true }),
  };
}
