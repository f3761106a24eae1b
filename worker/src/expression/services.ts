import type { Json } from '../protocol/json.ts';

export type MaybePromise<T> = T | Promise<T>;

/** What a key-value store answers: an expired key is an error of its own. */
export type KvAnswer = { state: 'found'; value: Json } | { state: 'missing' } | { state: 'expired' };

export interface HttpCall {
  uri: string;
  method: string;
  contentType?: string;
  headers?: Record<string, string>;
  body?: Json;
  options?: Json;
}

/** What an expression may ask of the world. Each optional member that is missing is a clear error for the expression that
 *  needs it. A service that fails throws (or rejects with) an Error whose message is for the user. A namespace that is
 *  not given means the flow's. */
export interface Services {
  /** Milliseconds since 1970. */
  now(): number;
  /** The zone of dates that name none. */
  readonly timeZone: string;
  /** At least 0, less than 1. */
  random(): number;
  randomBytes(length: number): Uint8Array;
  secret?(key: string, namespace?: string, subkey?: string): MaybePromise<string | undefined>;
  kv?(key: string, namespace?: string): MaybePromise<KvAnswer>;
  read?(path: string, namespace?: string): MaybePromise<string>;
  fileSize?(path: string, namespace?: string): MaybePromise<number>;
  fileExists?(path: string, namespace?: string): MaybePromise<boolean>;
  isFileEmpty?(path: string, namespace?: string): MaybePromise<boolean>;
  errorLogs?(): MaybePromise<Json>;
  tasksWithState?(state: string): MaybePromise<Json>;
  http?(call: HttpCall): MaybePromise<Json>;
  /** Every result of a jq program for one input. */
  jq?(program: string, input: Json): MaybePromise<Json[]>;
  appLink?(appId: string | undefined, baseUrl: boolean): MaybePromise<string>;
  credential?(key: string): MaybePromise<string>;
  isPublicHoliday?(date: string, country: string, region?: string): MaybePromise<boolean>;
}
