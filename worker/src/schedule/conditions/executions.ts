/** Conditions about the execution that a trigger was told of, about the flow that has the trigger, and free ones. */
import { isJsonObject } from '../../protocol/json.ts';
import type { Json, JsonObject } from '../../protocol/json.ts';
import { ConditionFault } from './condition.ts';
import type { ConditionContext, Evaluate, SourceExecution } from './condition.ts';
import { rendered } from './dates.ts';

export const expression: Evaluate = async (properties, context) => {
  const text = ((await rendered(properties.expression, context)) ?? '').trim();
  return { holds: text !== '' && text.toLowerCase() !== 'false' };
};

export const executionFlow: Evaluate = async ({ namespace, flowId }, context) => {
  const source = sourceOf(context);
  return fixed(
    source.namespace === (await rendered(namespace, context)) && source.flowId === (await rendered(flowId, context)),
  );
};

export const executionNamespace: Evaluate = async (properties, context) =>
  fixed(compares(sourceOf(context).namespace, (await rendered(properties.namespace, context)) ?? '', properties));

export const executionStatus: Evaluate = ({ in: wanted, notIn }, context) =>
  fixed(isAmong(sourceOf(context).state, wanted, notIn));

export const executionLabels: Evaluate = ({ labels }, context) => {
  const has = sourceOf(context).labels;
  return fixed(
    labelsOf(labels).every(([key, value]) => has.some((label) => label.key === key && label.value === value)),
  );
};

export const hasRetryAttempt: Evaluate = async ({ in: wanted, notIn }, context) => {
  const states = await sourceOf(context).attemptStates();
  return fixed(states.some((state) => isAmong(state, wanted, notIn)));
};

export const flow: Evaluate = async ({ namespace, flowId }, context) =>
  fixed(
    context.flow.namespace === (await rendered(namespace, context)) &&
      context.flow.id === (await rendered(flowId, context)),
  );

export const flowNamespace: Evaluate = async (properties, context) =>
  fixed(compares(context.flow.namespace, (await rendered(properties.namespace, context)) ?? '', properties));

/** Text against text, not segment by segment; `prefix: true` is the former way to say PREFIX. */
function compares(namespace: string, wanted: string, { comparison, prefix }: JsonObject): boolean {
  switch (comparison ?? (prefix === true ? 'PREFIX' : 'EQUALS')) {
    case 'PREFIX':
      return namespace.startsWith(wanted);
    case 'SUFFIX':
      return namespace.endsWith(wanted);
    default:
      return namespace === wanted;
  }
}

export function isAmong(state: string, wanted: Json | undefined, unwanted: Json | undefined): boolean {
  if (Array.isArray(wanted) && !wanted.includes(state)) return false;
  return !(Array.isArray(unwanted) && unwanted.includes(state));
}

/** A list of `{key, value}` or a map. */
export function labelsOf(value: Json | undefined): [string, string][] {
  if (Array.isArray(value)) {
    return value.flatMap((item) =>
      isJsonObject(item) ? [[String(item.key), String(item.value)] as [string, string]] : [],
    );
  }
  return isJsonObject(value) ? Object.entries(value).map(([key, item]) => [key, String(item)]) : [];
}

function sourceOf({ execution }: ConditionContext): SourceExecution {
  if (execution === undefined)
    throw new ConditionFault('This condition is about an execution, and only Flow triggers know one');
  return execution;
}

/** No date changes it. */
function fixed(holds: boolean) {
  return { holds, span: { from: -Infinity, until: Infinity } };
}
