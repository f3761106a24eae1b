import '../worker/src/expression/all-parts.ts';
import { renderText } from '../worker/src/expression/render.ts';
import { scopeOf } from '../worker/src/expression/scope.ts';
import { compileFlow } from '../worker/src/flow/compile.ts';
import type { JsonObject } from '../worker/src/protocol/json.ts';
import { assert } from '../worker/src/result.ts';
import { HOSTILE_TEMPLATES } from '../worker/src/testing/hostile-templates.ts';
import { languageBundle } from '../worker/src/testing/language-bundle.ts';
import type { Bench, Program } from './program.ts';
import { median, round } from './statistics.ts';

/** The flow language alone, in milliseconds of CPU, so that a busy machine changes little. */
export const language: Program = {
  title: 'compile flows, render templates, refuse hostile ones, and the size of it all in a browser',
  async run(bench) {
    const large = flowOfTasks(2_000);
    assert(compileFlow(large).flow !== undefined, 'the large flow is a good one');
    figure(bench, 'compile 2,000 tasks', {
      bytes: large.length,
      cpuMs: cpu(bench, 1, () => compileFlow(large)),
      most: 1_000,
    });
    const small = flowOfTasks(12);
    const lines = small.split('\n').length;
    figure(bench, 'validate a small flow', { lines, cpuMs: cpu(bench, 100, () => compileFlow(small)), most: 5 });
    renderWarm(bench);
    for (const [name, template, variables] of HOSTILE) hostile(bench, name, template, variables);
    costliest(bench);
    const { initial, later } = await languageBundle();
    const bytes = initial.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0);
    bench.print({
      figure: 'load in a browser',
      gzipBytes: bytes,
      most: 120_000,
      holds: bytes <= 120_000,
      later: Object.fromEntries(later.map(({ mostOf, gzipBytes }) => [mostOf[0], gzipBytes])),
    });
  },
};

const services = { now: () => 0, timeZone: 'UTC', random: () => 0, randomBytes: () => new Uint8Array() };

const A_MANY = 'a'.repeat(50_000);
const HOSTILE: readonly [name: string, template: string, variables: JsonObject][] = [
  ['10,000 parentheses', `{{ ${'('.repeat(10_000)}1${')'.repeat(10_000)} }}`, {}],
  ['a loop to 10^9', '{% for i in 1..1000000000 %}{% endfor %}', {}],
  ['a doubling text', '{% set a = "aaaa" %}{% for i in 1..99 %}{% set a = a ~ a %}{% endfor %}', {}],
  ['(a+)+$ on 50,000 letters', "{{ s | replace({'(a+)+$': ''}, regexp=true) }}", { s: `${A_MANY}b` }],
];

function hostile(bench: Bench, name: string, template: string, variables: JsonObject): void {
  const render = () => renderText(template, scopeOf(variables), services);
  const answer = render();
  assert(!(answer instanceof Promise), 'nothing here has to be waited for');
  figure(bench, name, {
    answer: answer.ok ? `${answer.value.length} characters` : answer.error.code,
    cpuMs: cpu(bench, 1, render),
    most: 100,
  });
}

/** Clocks of the edge stand still while it computes, so the budget of steps is all that bounds it. */
function costliest(bench: Bench): void {
  const measured = HOSTILE_TEMPLATES.map(([name, template, , variables]) => {
    const cpuMs = cpu(bench, 1, () => renderText(template, scopeOf(variables ?? {}), services));
    return { name, cpuMs };
  });
  const [worst] = measured.toSorted((a, b) => b.cpuMs - a.cpuMs);
  assert(worst !== undefined, 'there are hostile templates');
  figure(bench, 'the costliest of all hostile templates', { template: worst.name, cpuMs: worst.cpuMs, most: 200 });
}

function renderWarm(bench: Bench): void {
  const scope = scopeOf({ outputs: { a: { value: 'hello' } } });
  const count = 300_000;
  const cpuMs = cpu(bench, 1, () => {
    for (let n = 0; n < count; n++) renderText('{{ outputs.a.value | upper }}', scope, services);
  });
  const perSecond = Math.round((count / cpuMs) * 1000);
  bench.print({
    figure: 'render {{ outputs.a.value | upper }}',
    perSecond,
    least: 300_000,
    holds: perSecond >= 300_000,
  });
}

function figure(
  { print }: Bench,
  name: string,
  measured: { cpuMs: number; most: number } & Record<string, unknown>,
): void {
  print({ figure: name, ...measured, cpuMs: round(measured.cpuMs), holds: measured.cpuMs < measured.most });
}

/** The median of the rounds, in milliseconds of CPU for one of the `times`; a round before them warms up. */
function cpu({ rounds }: Bench, times: number, work: () => unknown): number {
  const samples: number[] = [];
  for (let n = 0; n <= rounds; n++) {
    const before = process.cpuUsage();
    for (let time = 0; time < times; time++) work();
    const { user, system } = process.cpuUsage(before);
    if (n > 0) samples.push((user + system) / 1000 / times);
  }
  return median(samples);
}

function flowOfTasks(count: number): string {
  const tasks = Array.from(
    { length: count },
    (_, n) => `  - id: task_${n}
    type: io.kestra.plugin.core.log.Log
    description: The task number ${n} of a large flow
    message: "Hello {{ inputs.name }} of {{ taskrun.id }}"\n`,
  );
  return `id: large\nnamespace: company.team\ninputs:\n  - { id: name, type: STRING, defaults: World }\ntasks:\n${tasks.join('')}`;
}
