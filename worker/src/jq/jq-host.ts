import { JQ_MEMORY_BYTES_MAX } from '../limits.ts';
import { readDate, writeDate } from './calendar.ts';
import { parseDate } from './parse-date.ts';

/** The program has called `exit`. */
export class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
/** Error numbers of WASI, negative where a system call returns them. */
const NO_SUCH_FILE = 44;
const NOT_A_TERMINAL = 59;
const NOT_SEEKABLE = 70;
const BAD_DESCRIPTOR = 8;
const PAGE_BYTES = 65_536;

/** What the system is to jq: standard input and outputs, a clock, and no for an answer to all else. */
export class JqHost {
  readonly #input: Uint8Array;
  readonly #outputBytesMax: number;
  readonly #now: () => number;
  readonly #output: Uint8Array[] = [];
  readonly #errors: Uint8Array[] = [];
  #read = 0;
  #written = 0;
  #memory: WebAssembly.Memory | undefined;

  constructor(input: Uint8Array, outputBytesMax: number, now: () => number) {
    this.#input = input;
    this.#outputBytesMax = outputBytesMax;
    this.#now = now;
  }

  output(): string {
    return textOf(this.#output);
  }

  errors(): string {
    return textOf(this.#errors);
  }

  main(exports: WebAssembly.Exports, args: string[]): number {
    const { memory, __wasm_call_ctors: construct, __main_argc_argv: main, _emscripten_stack_alloc: reserve } = exports;
    if (
      !(memory instanceof WebAssembly.Memory) ||
      !isFunction(construct) ||
      !isFunction(main) ||
      !isFunction(reserve)
    ) {
      throw new Error('the WebAssembly of jq is not the one that this host was written for');
    }
    this.#memory = memory;
    construct();
    const pointers = args.map((arg) => {
      const bytes = new TextEncoder().encode(`${arg}\0`);
      const pointer = Number(reserve(bytes.byteLength));
      this.#bytes.set(bytes, pointer);
      return pointer;
    });
    const argv = Number(reserve((args.length + 1) * 4));
    for (const [n, pointer] of [...pointers, 0].entries()) this.#view.setUint32(argv + n * 4, pointer, true);
    return Number(main(args.length, argv));
  }

  imports(): WebAssembly.Imports {
    const noSuchFile = () => -NO_SUCH_FILE;
    const nothing = () => 0;
    const abort = () => {
      throw new WebAssembly.RuntimeError('jq has aborted');
    };
    const exit = (code: number) => {
      throw new Exit(code);
    };
    return {
      env: {
        exit,
        __assert_fail: abort,
        _abort_js: abort,
        __syscall_fcntl64: nothing,
        __syscall_ioctl: () => -NOT_A_TERMINAL,
        __syscall_openat: noSuchFile,
        __syscall_fstat64: noSuchFile,
        __syscall_stat64: noSuchFile,
        __syscall_newfstatat: noSuchFile,
        __syscall_lstat64: noSuchFile,
        __syscall_getcwd: noSuchFile,
        __syscall_readlinkat: noSuchFile,
        __call_sighandler: nothing,
        _emscripten_runtime_keepalive_clear: nothing,
        emscripten_resize_heap: (bytes: number) => Number(this.#grow(bytes >>> 0)),
        emscripten_date_now: this.#now,
        // The zone is UTC, as in every expression.
        _tzset_js: nothing,
        _gmtime_js: (seconds: bigint, tm: number) => writeDate(this.#view, tm, Number(seconds)),
        _localtime_js: (seconds: bigint, tm: number) => writeDate(this.#view, tm, Number(seconds)),
        _timegm_js: (tm: number) => BigInt(readDate(this.#view, tm)),
        strptime: (text: number, format: number, tm: number) => this.#parseDate(text, format, tm),
      },
      wasi_snapshot_preview1: {
        proc_exit: exit,
        environ_sizes_get: (count: number, bytes: number) => {
          this.#view.setUint32(count, 0, true);
          this.#view.setUint32(bytes, 0, true);
          return 0;
        },
        environ_get: nothing,
        fd_close: nothing,
        fd_seek: () => NOT_SEEKABLE,
        fd_fdstat_get: (_descriptor: number, stat: number) => {
          this.#bytes.fill(0, stat, stat + 24);
          return 0;
        },
        fd_read: (descriptor: number, vectors: number, count: number, total: number) =>
          this.#transfer(vectors, count, total, (target) => this.#readInto(descriptor, target)),
        fd_write: (descriptor: number, vectors: number, count: number, total: number) =>
          this.#transfer(vectors, count, total, (source) => this.#writeFrom(descriptor, source)),
      },
    };
  }

  /** Views are made anew at each use: growing the memory detaches the old ones. */
  get #bytes(): Uint8Array {
    return new Uint8Array(this.#buffer);
  }

  get #view(): DataView {
    return new DataView(this.#buffer);
  }

  get #buffer(): ArrayBuffer {
    if (this.#memory === undefined) throw new Error('jq called its host before it was started');
    return this.#memory.buffer;
  }

  #grow(bytes: number): boolean {
    if (this.#memory === undefined || bytes > JQ_MEMORY_BYTES_MAX) return false;
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE_BYTES));
    return true;
  }

  /** A system call on a list of buffers: `move` answers how many bytes of one it used, or undefined for a bad descriptor. */
  #transfer(vectors: number, count: number, total: number, move: (part: Uint8Array) => number | undefined): number {
    let moved = 0;
    for (let n = 0; n < count; n++) {
      const start = this.#view.getUint32(vectors + n * 8, true);
      const length = this.#view.getUint32(vectors + n * 8 + 4, true);
      const done = move(this.#bytes.subarray(start, start + length));
      if (done === undefined) return BAD_DESCRIPTOR;
      moved += done;
      if (done < length) break;
    }
    this.#view.setUint32(total, moved, true);
    return 0;
  }

  #readInto(descriptor: number, target: Uint8Array): number | undefined {
    if (descriptor !== STDIN) return undefined;
    const part = this.#input.subarray(this.#read, this.#read + target.byteLength);
    target.set(part);
    this.#read += part.byteLength;
    return part.byteLength;
  }

  #writeFrom(descriptor: number, source: Uint8Array): number | undefined {
    if (descriptor !== STDOUT && descriptor !== STDERR) return undefined;
    this.#written += source.byteLength;
    if (this.#written > this.#outputBytesMax) {
      throw new Error(`the results of a jq program have at most ${this.#outputBytesMax} bytes`);
    }
    (descriptor === STDOUT ? this.#output : this.#errors).push(source.slice());
    return source.byteLength;
  }

  #parseDate(textAt: number, formatAt: number, tm: number): number {
    const parsed = parseDate(this.#textAt(textAt), this.#textAt(formatAt));
    if (parsed === undefined) return 0;
    writeDate(this.#view, tm, parsed.seconds);
    return textAt + new TextEncoder().encode(parsed.text).byteLength;
  }

  #textAt(pointer: number): string {
    const bytes = this.#bytes;
    return new TextDecoder().decode(bytes.subarray(pointer, bytes.indexOf(0, pointer)));
  }
}

function textOf(parts: Uint8Array[]): string {
  const decoder = new TextDecoder();
  return parts.map((part) => decoder.decode(part, { stream: true })).join('') + decoder.decode();
}

function isFunction(value: unknown): value is (...args: number[]) => unknown {
  return typeof value === 'function';
}
