import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import type { Client } from '../client/client.ts';
import { validateFlow } from '../client/flows.ts';
import { inParallel } from '../client/in-parallel.ts';
import { ProblemError } from '../client/problem.ts';
import type { Arguments, Command } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { paintAction } from '../render/plan.ts';
import { renderProblem } from '../render/problem.ts';
import { connect } from '../settings/connection.ts';
import type { Terminal } from '../terminal.ts';
import { ApplyError, applyNamespace, type NamespacePlan } from '../tree/apply-plan.ts';
import type { ItemRef } from '../tree/item.ts';
import { isInPlace, movedChanges, type Change, type Plan } from '../tree/plan.ts';
import { readNamespaces } from '../tree/read-server.ts';
import { readSavedPlan } from '../tree/saved-plan.ts';
import { makePlan, PLAN_OPTIONS } from './plan.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'Make the server hold what the files say, or carry out a saved plan',
  usage: 'PATH… | PLAN',
  options: {
    ...PLAN_OPTIONS,
    force: { type: 'boolean', help: 'overwrite what was changed on the server after it was last applied' },
  },
  examples: ['rondo apply flows/', 'rondo apply next.plan', 'cat hello.yaml | rondo apply -'],
  async run(args, terminal) {
    const client = await connect(args, terminal);
    const plan = (await readSaved(args, terminal, client)) ?? (await makePlan(args, terminal, client)).plan;
    refuseUnmet(plan, args, terminal);
    await validateFlows(client, plan.changes);
    return carryOut(client, plan, args, terminal);
  },
};

/** The plan that a file holds, if the argument is one: flows and folders look different. */
async function readSaved(args: Arguments, terminal: Terminal, client: Client): Promise<Plan | undefined> {
  const [file, ...others] = args.positionals;
  if (file === undefined || others.length > 0 || file === '-' || /\.ya?ml$/.test(file)) return undefined;
  const text = await readFile(resolve(terminal.cwd, file), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { plan, whole } = readSavedPlan(text, file, client.connection);
  const states = await readNamespaces(client, [...plan.changes, ...namespaceRefs(plan)], new Set(whole));
  const moved = movedChanges(plan.changes, states);
  if (moved.length === 0) return plan;
  if (isInPlace(plan.changes, states)) return { ...plan, changes: [], managed: {} };
  throw new CliError(
    `the server has moved since the plan was made:\n${moved.map((change) => `  ${describe(change)}`).join('\n')}`,
    { remedy: 'nothing was changed; make a new plan, look at it, and apply that' },
  );
}

function namespaceRefs(plan: Plan): ItemRef[] {
  return Object.keys(plan.managed).map((namespace) => ({ kind: 'namespace', namespace, name: namespace }));
}

function describe({ kind, namespace, name }: ItemRef): string {
  return `${kind} ${namespace}/${name}`;
}

/** Everything that is known to be in the way is said before anything is done. */
function refuseUnmet({ changes, missingSecrets }: Plan, args: Arguments, { env }: Terminal): void {
  const [missing] = missingSecrets;
  if (missing !== undefined) {
    throw new CliError(`${describe(missing)} is not on the server, and ${missing.place} names no variable for it`, {
      exitCode: EXIT.validation,
      remedy: `set it in the dashboard, or write \`${missing.name}: { env: ${missing.name} }\` and set that variable`,
    });
  }
  const unset = changes.flatMap((change) =>
    change.action !== 'delete' && change.variable !== undefined && (env[change.variable] ?? '') === ''
      ? [`  $${change.variable} for ${describe(change)}`]
      : [],
  );
  if (unset.length > 0) {
    throw new CliError(`variables with the values of secrets are not set:\n${unset.join('\n')}`, {
      exitCode: EXIT.validation,
      remedy: 'set them; nothing was changed',
    });
  }
  const drifted = changes.filter((change) => change.action !== 'create' && change.isDrift);
  if (drifted.length > 0 && !args.flag('force')) {
    throw new CliError(
      `changed on the server after they were last applied:\n${drifted.map((change) => `  ${describe(change)}`).join('\n')}`,
      { remedy: '`rondo drift` shows how; take the changes into the files, or overwrite them with --force' },
    );
  }
}

/** The server knows more than we do: its plugin defaults, above all. Where the plan changes those, too, its own refusal
 *  must do, for flows that need the new ones would be refused by the old. */
async function validateFlows(client: Client, changes: readonly Change[]): Promise<void> {
  if (changes.some(({ kind }) => kind === 'namespace')) return;
  const flows = changes.flatMap((change) =>
    change.kind === 'flow' && change.action !== 'delete' && 'text' in change.after
      ? [{ change, place: change.place, source: change.after.text }]
      : [],
  );
  const faults = await inParallel(flows, async ({ change, place, source }) => {
    const { error } = await validateFlow(client, source);
    return error === undefined
      ? []
      : [`  ${describe(change)} (${place})\n    ${error.trim().replaceAll('\n', '\n    ')}`];
  });
  if (faults.flat().length === 0) return;
  throw new CliError(`the server would refuse:\n${faults.flat().join('\n')}`, {
    exitCode: EXIT.validation,
    remedy: 'nothing was changed; mend the files',
  });
}

async function carryOut(client: Client, plan: Plan, args: Arguments, terminal: Terminal): Promise<ExitCode> {
  const parts = namespacePlans(plan);
  const outcomes: Outcome[] = [];
  let exitCode: ExitCode = EXIT.ok;
  for (const [index, part] of parts.entries()) {
    try {
      const revisions = await applyNamespace(client, part, (name) => terminal.env[name] ?? '');
      for (const change of part.changes) outcomes.push(outcomeOf(change, revisions));
      if (part.changes.length > 0) terminal.note(renderDone(part, revisions, terminal));
    } catch (error) {
      if (!(error instanceof ApplyError)) throw error;
      reportFailure(error, parts.slice(index + 1), terminal);
      exitCode = exitCodeOf(error.cause);
      break;
    }
  }
  if (args.flag('json')) terminal.out(JSON.stringify({ applied: outcomes, isComplete: exitCode === EXIT.ok }));
  else terminal.out(summaryOf(plan, outcomes));
  return exitCode;
}

function namespacePlans({ changes, managed }: Plan): NamespacePlan[] {
  const byNamespace = Map.groupBy(changes, ({ namespace }) => namespace);
  const names = new Set([...byNamespace.keys(), ...Object.keys(managed)]);
  return [...names]
    .toSorted()
    .map((namespace) => ({ namespace, changes: byNamespace.get(namespace) ?? [], managed: managed[namespace] }));
}

interface Outcome extends ItemRef {
  action: Change['action'];
  revision?: number;
}

function outcomeOf({ action, kind, namespace, name }: Change, revisions: ReadonlyMap<string, number>): Outcome {
  const revision = kind === 'flow' && action !== 'delete' ? revisions.get(name) : undefined;
  return { action, kind, namespace, name, ...(revision !== undefined && { revision }) };
}

function renderDone(
  { namespace, changes }: NamespacePlan,
  revisions: ReadonlyMap<string, number>,
  { colors }: Terminal,
): string {
  const lines = changes.map((change) => {
    const { revision } = outcomeOf(change, revisions);
    const note = revision === undefined ? '' : ` ${colors.dim(`revision ${revision}`)}`;
    return `  ${paintAction(change, `${change.kind} ${change.name}`, colors)}${note}`;
  });
  return [colors.bold(namespace), ...lines].join('\n');
}

function reportFailure(
  { namespace, cause, message, remains }: ApplyError,
  rest: NamespacePlan[],
  terminal: Terminal,
): void {
  const { colors } = terminal;
  terminal.note(cause instanceof ProblemError ? renderProblem(cause, colors) : `${colors.red('error:')} ${message}`);
  if (remains.length === 0)
    terminal.note(`${colors.red('✗')} ${namespace} is as it was: what had been done was undone`);
  else {
    terminal.note(`${colors.red('✗')} ${namespace} is neither old nor new; this could not be undone:`);
    for (const line of remains) terminal.note(`  ${line}`);
  }
  if (rest.length > 0) terminal.note(`  not begun: ${rest.map((part) => part.namespace).join(', ')}`);
}

function exitCodeOf(cause: unknown): ExitCode {
  if (!(cause instanceof ProblemError)) return EXIT.error;
  if (cause.status === 401 || cause.status === 403) return EXIT.authentication;
  return cause.status < 500 ? EXIT.validation : EXIT.error;
}

function summaryOf(plan: Plan, outcomes: readonly Outcome[]): string {
  if (plan.changes.length === 0) return 'Nothing to do: the server holds what the files say.';
  const done = (action: Change['action']) => outcomes.filter((outcome) => outcome.action === action).length;
  const part = outcomes.length === plan.changes.length ? '' : ` ${outcomes.length} of ${plan.changes.length} changes`;
  return `Applied${part}: ${done('create')} created, ${done('update')} updated, ${done('delete')} deleted.`;
}
