/** Triggers that look for something at intervals. A further type is one more file and one more line here. */
import type { Flow, Trigger } from '../../flow/flow.ts';
import { POLL_INTERVAL_MS_DEFAULT, POLL_INTERVAL_MS_MIN } from '../../limits.ts';
import { parseDuration } from '../../protocol/duration.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { fail, ok } from '../../result.ts';
import type { Result } from '../../result.ts';
import { evaluateConditions } from '../../schedule/conditions/evaluate.ts';
import type { DatedRule } from '../../schedule/schedule-step.ts';
import { dateText } from '../../schedule/zoned-date.ts';
import type { TenantRecord } from '../../tenant.ts';
import type { EdgePort } from '../edge-calls.ts';
import type { FlowWorld } from '../trigger-world.ts';
import { httpTrigger } from './http-trigger.ts';

export interface Looking {
  trigger: Trigger;
  flow: Flow;
  world: FlowWorld;
  tenant: TenantRecord;
  /** Where what waits for the network runs. */
  edge: EdgePort;
  now: number;
}

/** `trigger.*` of the execution that is to start; undefined when there is nothing to start it for. */
export type Look = (looking: Looking) => Promise<Result<JsonObject | undefined, string>>;

const LOOKS: Readonly<Record<string, Look>> = {
  'core.http.Trigger': httpTrigger,
};

export interface Sight {
  variables: JsonObject;
  /** A condition could not be evaluated: the execution is created as a failure. */
  failed?: string;
}

/** Conditions come first: what they rule out is not looked for. */
export async function poll(looking: Looking): Promise<Result<Sight | undefined, string>> {
  const { trigger, world, now } = looking;
  const look = Object.hasOwn(LOOKS, trigger.type) ? LOOKS[trigger.type] : undefined;
  if (look === undefined) return fail(`Triggers of the type ${trigger.type} are not available on this server.`);
  const variables = { trigger: { date: dateText(now, world.zone) } };
  const date = { at: now, zone: world.zone };
  const context = { ...world, date, render: (template: string) => world.render(template, variables) };
  const verdict = await evaluateConditions(trigger.conditions, trigger.when, context);
  if (!verdict.ok) return ok({ variables: {}, failed: verdict.error });
  if (!verdict.value.holds) return ok(undefined);
  const seen = await look(looking);
  return seen.ok ? ok(seen.value && { variables: seen.value }) : seen;
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
