/** Real jq (the WebAssembly of jq-web) under a host of our own, which gives it an input, two outputs and nothing else.
 *   J1. Each call has a fresh instance: no call sees what another left in memory.
 *   J2. No files, no environment, no arguments but ours; memory and output are bounded. */
import { JQ_OUTPUT_BYTES_MAX, JQ_PROGRAM_BYTES_MAX } from '../limits.ts';
import { parseJson, stringifyJson } from '../protocol/json.ts';
import type { Json } from '../protocol/json.ts';
import { Exit, JqHost } from './jq-host.ts';

/** The compiled program: WebAssembly.Module, which not every runtime's types know. */
export type JqModule = WebAssembly.Module;

/** Every result of a jq program for one input. Throws an Error whose message is for the program's author. */
export function runJq(module: JqModule, program: string, input: Json, now: () => number): Json[] {
  if (program.includes('\0')) throw new Error('a jq program cannot hold a NUL character');
  if (encoder.encode(program).byteLength > JQ_PROGRAM_BYTES_MAX) {
    throw new Error(`a jq program has at most ${JQ_PROGRAM_BYTES_MAX} bytes`);
  }
  const host = new JqHost(encoder.encode(stringifyJson(input)), JQ_OUTPUT_BYTES_MAX, now);
  const instance = new WebAssembly.Instance(module, host.imports());
  const code = exitCodeOf(() => host.main(instance.exports, ['jq', '--compact-output', '--', program]));
  if (code !== 0) throw new Error(readable(host.errors()) || `jq ended with code ${code}`);
  return host
    .output()
    .split('\n')
    .filter((line) => line !== '')
    .map(parseJson);
}

const encoder = new TextEncoder();

function exitCodeOf(main: () => number): number {
  try {
    return main();
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      throw new Error('the jq program needs more memory than it may have', { cause: error });
    }
    throw error;
  }
}

/** jq speaks of itself and of its standard input in every message. */
function readable(errors: string): string {
  return errors
    .split('\n')
    .filter((line) => line !== '' && !/^jq: \d+ compile errors?$/.test(line))
    .join('\n')
    .replace(/^jq: error(?: \(at [^)]*\))?: /, '')
    .trim();
}
