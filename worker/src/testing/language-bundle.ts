/** The flow language as a browser loads it: what compiles flows, resolves inputs, renders expressions and completes sources. The
 *  JSON Schema of flows is no part of it: browsers get it as data. */
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const PARTS = [
  'expression/index',
  'flow/compile',
  'flow/completion',
  'flow/inputs/resolve',
  'flow/labels',
  'flow/outputs',
  'flow/view',
];

export interface Chunk {
  file: string;
  code: Uint8Array;
  gzipBytes: number;
  /** Packages and folders with most of its bytes, the largest first. */
  mostOf: string[];
}

export interface LanguageBundle {
  /** What is loaded before a flow can be compiled. */
  initial: Chunk[];
  /** What is loaded when something asks for it: dates, patterns and hashes. */
  later: Chunk[];
}

/** Fails when something of it is not there in a browser. */
export async function languageBundle(): Promise<LanguageBundle> {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: PARTS.map((part) => `export * from './${part}.ts';`).join('\n'),
      resolveDir: join(import.meta.dirname, '..'),
      sourcefile: 'language.ts',
    },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outdir: OUT,
    entryNames: 'language',
    legalComments: 'none',
    metafile: true,
    write: false,
  });
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [nameOf(path), output]));
  const initial = new Set<string>();
  const visit = (file: string): void => {
    if (initial.has(file)) return;
    initial.add(file);
    for (const { path, kind } of outputs.get(file)?.imports ?? []) if (kind === 'import-statement') visit(nameOf(path));
  };
  visit('language.js');
  const chunks = outputFiles.map(({ path, contents }): Chunk => {
    const file = nameOf(path);
    const gzipBytes = gzipSync(contents, { level: 9 }).length;
    return { file, code: contents, gzipBytes, mostOf: mostOf(outputs.get(file)?.inputs ?? {}) };
  });
  return {
    initial: chunks.filter(({ file }) => initial.has(file)),
    later: chunks.filter(({ file }) => !initial.has(file)),
  };
}

const OUT = '/bundle';

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function mostOf(inputs: Record<string, { bytesInOutput: number }>): string[] {
  const bytes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const owner = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? dirname(path);
    bytes.set(owner, (bytes.get(owner) ?? 0) + bytesInOutput);
  }
  const sorted = [...bytes].sort(([, a], [, b]) => b - a);
  return sorted.slice(0, 3).map(([owner]) => owner);
}
