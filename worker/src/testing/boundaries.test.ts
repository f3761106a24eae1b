/** Imports point one way. This test reads every import and says which one does not; it outlives any linter. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/** The Worker from top to bottom: a part may import parts below it and those beside it on the same line. */
const EDGE = [
  ['index'],
  ['app'],
  ['routes', 'cron', 'queues'],
  ['openapi'],
  ['middleware'],
  ['objects', 'edge'],
  ['identity', 'storage', 'namespace-files'],
  ['db'],
  ['tenant', 'tenant-files', 'vault'],
  ['env', 'egress'],
];
/** ◇ Pure: nothing of the platform, no clock, no randomness. */
const PURE = [
  ['engine'],
  ['flow'],
  ['tasks', 'triggers'],
  ['schedule', 'expression', 'holidays', 'jq'],
  ['protocol'],
  ['ids', 'errors', 'limits', 'result', 'zod'],
];
const LAYERS = [...EDGE, ...PURE];
const pureParts = new Set(PURE.flat());

const IMPURE_PACKAGES = /^(cloudflare:|node:|hono|@hono\/|drizzle-orm|better-auth|@better-auth\/)/;
const CLOCK_OR_CHANCE =
  /\bDate\.now\(|\bnew Date\(\)|\bTemporal\.Now\b|\bMath\.random\(|\bcrypto\.(getRandomValues|randomUUID)\(/;

/** Programs beside the Worker: of it they import what is pure. */
const PROGRAMS = ['web/src', 'cli/src', 'runners/src'];

interface Import {
  from: string;
  to: string;
  /** Types are gone when the program runs: they may point up. */
  isType: boolean;
}

const IMPORT =
  /^\s*(?:import|export)\s(?<type>type\s)?[^'";]*?from\s*['"](?<from>[^'"]+)['"]|^\s*import\s*['"](?<bare>[^'"]+)['"]|\bimport\(\s*['"](?<lazy>[^'"]+)['"]\s*\)/gm;

const sources = ['worker/src', ...PROGRAMS].flatMap((folder) => globSync(`${folder}/**/*.{ts,svelte}`, { cwd: ROOT }));
const imports = sources.flatMap(importsOf);

function importsOf(file: string): Import[] {
  return Array.from(readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT), ({ groups = {} }) => ({
    from: file,
    to: groups.from ?? groups.bare ?? groups.lazy ?? '',
    isType: groups.type !== undefined,
  }));
}

function isTest(file: string): boolean {
  return /\.test\.ts$|\/testing\//.test(file);
}

/** `worker/src/db/flows.ts` -> `db`; undefined outside of the Worker. */
function partOf(file: string): string | undefined {
  return /^worker\/src\/([^/]+?)(?:\.d)?(?:\.ts|\/|$)/.exec(file)?.[1];
}

/** Where a relative import leads, from the root. */
function targetOf({ from, to }: Import): string | undefined {
  return to.startsWith('.') ? normalize(join(dirname(from), to)) : undefined;
}

const show = ({ from, to }: Import) => `${from} imports ${to}`;
const ofProgram = imports.filter(({ from }) => !isTest(from));

describe('in the Worker', () => {
  const inside = ofProgram.flatMap((one) => {
    const [part, target] = [partOf(one.from), partOf(targetOf(one) ?? '')];
    return part === undefined || target === undefined ? [] : [{ ...one, part, target }];
  });
  const layerOf = (part: string) => LAYERS.findIndex((layer) => layer.includes(part));

  test('every file and folder has its layer', () => {
    const parts = new Set(sources.filter((file) => !isTest(file) && !file.endsWith('.d.ts')).map(partOf));
    parts.delete(undefined);
    expect([...parts].filter((part) => part !== undefined && layerOf(part) < 0)).toEqual([]);
  });

  test('imports point down', () => {
    const upward = inside.filter(({ part, target, isType }) => !isType && layerOf(target) < layerOf(part));
    expect(upward.map(show)).toEqual([]);
  });

  test('nothing outside of tests imports what is for tests', () => {
    expect(ofProgram.filter((one) => isTest(targetOf(one) ?? '')).map(show)).toEqual([]);
  });

  test('what is pure imports nothing else', () => {
    const pure = ofProgram.filter(({ from }) => pureParts.has(partOf(from) ?? ''));
    const impure = pure.filter((one) => {
      const target = targetOf(one);
      return target === undefined ? IMPURE_PACKAGES.test(one.to) : !pureParts.has(partOf(target) ?? '');
    });
    expect(impure.map(show)).toEqual([]);
  });

  test('what is pure has no clock and no randomness of its own', () => {
    const files = sources.filter((file) => pureParts.has(partOf(file) ?? '') && !isTest(file));
    const guilty = files.flatMap((file) =>
      readFileSync(join(ROOT, file), 'utf8')
        .split('\n')
        .flatMap((line, n) =>
          CLOCK_OR_CHANCE.test(line.replace(/^\s*(\/\/|\*|\/\*).*/, '')) ? [`${file}:${n + 1}`] : [],
        ),
    );
    expect(guilty).toEqual([]);
  });

  test('only the places of environment variables read them', () => {
    const reading = sources.filter(
      (file) =>
        partOf(file) !== undefined && !isTest(file) && /\.RONDO_[A-Z]/.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(reading.filter((file) => file !== 'worker/src/env.ts')).toEqual([]);
  });
});

test('the programs beside the Worker import of it only what is pure', () => {
  const reaching = ofProgram.filter(({ from }) => PROGRAMS.some((program) => from.startsWith(program)));
  const wrong = reaching.filter((one) => {
    const target = targetOf(one);
    if (target === undefined || one.from.startsWith(target.split('/').slice(0, 2).join('/'))) return false;
    return !pureParts.has(partOf(target) ?? '');
  });
  expect(wrong.map(show)).toEqual([]);
});

test('relative imports name a file that exists, with its ending', () => {
  const relative = imports.flatMap((one) => {
    const target = targetOf(one)?.replace(/\?.*$/, '');
    return target === undefined || target.includes('/$') ? [] : [{ ...one, target }];
  });
  expect(relative.filter(({ target }) => !existsSync(join(ROOT, target))).map(show)).toEqual([]);
});

test('files are named in kebab-case', () => {
  const name = /^\+?[a-z0-9]+(-[a-z0-9]+)*(\.workers?|\.svelte)?(\.test)?(\.d)?\.(ts|svelte)$/;
  expect(sources.filter((file) => !name.test(file.replace(/.*\//, '')))).toEqual([]);
});
