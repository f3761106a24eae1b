/** `npm run demo`: the main job on real data, against a server that runs already (RONDO_URL) or one started for it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { computeAnswer, type Answer } from '../../blueprints/bird-strikes/answer.ts';
import type { Json } from '../../worker/src/protocol/json.ts';
import { runCli } from '../src/cli.ts';
import { CliError, messageOf } from '../src/cli-error.ts';
import type { Execution } from '../src/client/answers.ts';
import { Client, type Connection } from '../src/client/client.ts';
import { getExecution, startExecution } from '../src/client/executions.ts';
import { EXIT } from '../src/exit-codes.ts';
import { renderExecution, renderValues } from '../src/render/execution.ts';
import { processTerminal } from '../src/terminal.ts';
import { watchExecution } from '../src/watch-execution.ts';
import { signUp } from './account.ts';
import { startDemoServer } from './demo-server.ts';
import { startRondo } from './rondo.ts';
import { startRunner } from './runner.ts';
import { freePort, ROOT } from './settings.ts';

const FLOWS = join(ROOT, 'blueprints/bird-strikes/flows');
const TOP = 20;
const PATIENCE_MS = 300_000;

const terminal = processTerminal();
const { colors } = terminal;
const cleanUp: (() => Promise<unknown> | void)[] = [];

try {
  await demonstrate();
} catch (error) {
  terminal.note(`${colors.red('error:')} ${messageOf(error)}`);
  if (error instanceof CliError && error.remedy !== undefined) terminal.note(`  → ${error.remedy}`);
  process.exitCode = 1;
} finally {
  for (const step of cleanUp.toReversed()) await step();
}

async function demonstrate(): Promise<void> {
  const url = process.env['RONDO_URL'] ?? (await startOwnServer());
  const connection = await newTenant(url);
  await ownRunner(connection);
  const source = await startDemoServer();
  cleanUp.push(source.close);

  heading('Deploying the flows');
  const deployed = await runCli(['apply', FLOWS], { ...terminal, env: environmentOf(connection) });
  if (deployed !== EXIT.ok) throw new CliError(`rondo apply ended with exit code ${deployed}`);

  heading(`Running demo.wildlife/bird-strikes on ${source.url}`);
  const client = new Client(connection);
  const inputs = { source: source.url, top: String(TOP) };
  const { id } = await startExecution(
    client,
    { namespace: 'demo.wildlife', flowId: 'bird-strikes' },
    { inputs, labels: [] },
  );
  await watchExecution(client, id, terminal, { printLogs: true, minLevel: 'INFO', timeoutMs: PATIENCE_MS });

  const execution = await getExecution(client, id);
  heading('Task runs');
  terminal.out(renderExecution(execution, colors));
  heading('What went in, what each task gave');
  printValues(execution);
  judge(execution, source.refusals());
}

async function startOwnServer(): Promise<string> {
  heading('Starting Rondo');
  const state = await mkdtemp(join(tmpdir(), 'rondo-demo-'));
  cleanUp.push(() => rm(state, { recursive: true, force: true }));
  const rondo = await startRondo({ port: await freePort(), state, withRunner: false }, (step) =>
    terminal.note(`${step} …`),
  );
  cleanUp.push(rondo.stop);
  return rondo.url;
}

async function newTenant(url: string): Promise<Connection> {
  const id = `demo-${Date.now().toString(36)}`;
  heading(`Signing up a new tenant, ${id}`);
  const { tenant, token, email } = await signUp(url, { email: `${id}@example.com`, tenant: id, name: 'Demo' });
  terminal.out(`${email} owns ${tenant} at ${url}`);
  return { url, tenant, token };
}

async function ownRunner(connection: Connection): Promise<void> {
  heading('Enrolling a runner');
  const directory = await mkdtemp(join(tmpdir(), 'rondo-demo-runner-'));
  cleanUp.push(() => rm(directory, { recursive: true, force: true }));
  const runner = await startRunner(connection, { directory, logFile: (name) => join(directory, `${name}.log`) });
  cleanUp.push(() => runner.stop());
  terminal.out(`runner process ${runner.pid}, enrolled with a token that works once`);
}

/** The shell of a person who knows the server. */
function environmentOf({ url, tenant, token }: Connection): NodeJS.ProcessEnv {
  return { ...process.env, RONDO_URL: url, RONDO_TENANT: tenant, RONDO_TOKEN: token };
}

function printValues(execution: Execution): void {
  terminal.out(colors.bold('inputs'));
  for (const line of renderValues(execution.inputs ?? {})) terminal.out(line);
  for (const { taskId, value, outputs } of execution.taskRunList) {
    if (outputs === undefined || Object.keys(outputs).length === 0) continue;
    terminal.out(colors.bold(value === undefined ? taskId : `${taskId}[${value}]`));
    for (const line of renderValues(outputs)) terminal.out(line);
  }
}

/** The flow's answer beside one that was worked out without it, and the promises of the run. */
function judge(execution: Execution, refusals: number): void {
  heading('Checking');
  const expected: Answer = computeAnswer(TOP);
  const { worst, strikes, cost } = execution.outputs ?? {};
  const airports = execution.taskRunList.find(({ taskId }) => taskId === 'airports');
  check(`${expected.strikes} strikes`, strikes, expected.strikes);
  check(`$${expected.cost}`, cost, expected.cost);
  check(`the ${TOP} worst airports and seasons`, worst, expected.worst);
  check('the list of airports was refused twice', refusals, 2);
  check('and fetched on the third attempt', airports?.attempts.length, 3);
  if (process.exitCode === 1) return;
  terminal.out('');
  terminal.out(colors.green(colors.bold('The demonstration succeeded.')));
}

function check(what: string, actual: Json | undefined, expected: unknown): void {
  const isRight = isDeepStrictEqual(plain(actual), plain(expected));
  terminal.out(
    isRight ? `${colors.green('✓')} ${what}` : `${colors.red('✗')} ${what}: the flow says ${JSON.stringify(actual)}`,
  );
  if (!isRight) process.exitCode = 1;
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function heading(text: string): void {
  terminal.out(`\n${colors.bold(colors.cyan(`▌ ${text}`))}`);
}
