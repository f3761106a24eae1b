/** YAML text -> a JSON value and the place of each of its members. Whatever the text is, this answers within bounds:
 *  Y1. Nothing is resolved that the bounds in limits.ts do not cover (size, depth, aliases, number of values).
 *  Y2. No tag makes anything but text, numbers, booleans, lists and maps.
 *  Y3. A member named `__proto__` is an own member like any other. */
import { Composer, isAlias, isMap, isPair, isScalar, isSeq, Lexer, LineCounter, Parser } from 'yaml';
import type { Alias, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import {
  FLOW_SOURCE_CHARACTERS_MAX,
  YAML_ALIAS_EXPANSIONS_MAX,
  YAML_DEPTH_MAX,
  YAML_DOCUMENTS_MAX,
  YAML_VALUES_MAX,
} from '../limits.ts';
import { parseNumber } from '../protocol/json.ts';
import type { Json, JsonObject } from '../protocol/json.ts';
import type { DiagnosticCode, Path, Position } from './diagnostic.ts';

export interface YamlProblem extends Position {
  code: DiagnosticCode;
  message: string;
}

export interface YamlSource {
  value: Json;
  problems: YamlProblem[];
  /** The place of a member (`key`: of its name), or of the nearest one around it that the text holds. */
  locate(path: Path, part?: 'key' | 'value'): Position;
}

/** Parses one document. `firstLine` is the line of `source` in the text it was cut from. */
export function parseYaml(source: string, firstLine = 1): YamlSource {
  const counter = new LineCounter();
  counter.addNewLine(0); // token by token, the parser tells only of the lines after the first
  const at = (start: number, end: number): Position => {
    const from = counter.linePos(start);
    const to = counter.linePos(Math.max(start, end));
    const shift = firstLine - 1;
    return {
      line: Math.max(1, from.line) + shift,
      column: Math.max(1, from.col),
      endLine: Math.max(1, to.line) + shift,
      endColumn: Math.max(1, to.col),
    };
  };
  const refuse = (code: DiagnosticCode, message: string, offset = 0): YamlSource => ({
    value: null,
    problems: [{ code, message, ...at(offset, offset + 1) }],
    locate: () => at(0, 0),
  });

  if (source.length > FLOW_SOURCE_CHARACTERS_MAX) {
    return refuse(
      'yaml.size',
      `The source has ${source.length} characters, more than ${FLOW_SOURCE_CHARACTERS_MAX}. Split the flow, or move scripts into namespace files.`,
    );
  }
  const forbidden = FORBIDDEN_CHARACTER.exec(source);
  if (forbidden !== null) {
    for (const newline of source.slice(0, forbidden.index).matchAll(/\n/g)) counter.addNewLine(newline.index + 1);
    const code = forbidden[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return refuse(
      'yaml.encoding',
      `The character U+${code} is not allowed in YAML. Remove it, or write it as an escape in a double-quoted text.`,
      forbidden.index,
    );
  }

  const { document, tooDeepAt, tooManyAt } = compose(source, counter);
  if (tooManyAt !== undefined) {
    return refuse('yaml.size', `The source holds more than ${YAML_VALUES_MAX} values.`, tooManyAt);
  }
  if (tooDeepAt !== undefined) {
    return refuse('yaml.depth', `Values are nested deeper than ${YAML_DEPTH_MAX} levels.`, tooDeepAt);
  }
  if (document === undefined)
    return refuse('yaml.empty', 'The source is empty: a flow needs an id, a namespace and tasks.');
  const reader = new Reader((code, message, [start, end]) => problems.push({ code, message, ...at(start, end) }));
  const problems: YamlProblem[] = document.errors.map((error) => ({
    code: 'yaml.syntax',
    message: error.message,
    ...at(error.pos[0], error.pos[1]),
  }));
  const value = problems.length > 0 ? null : reader.value(document.contents);
  return { value, problems, locate: (path, part) => at(...placeOf(document, path, part)) };
}

/** Cuts a text into its YAML documents: at lines that are a document marker, wherever they stand. */
export function splitDocuments(text: string): { source: string; firstLine: number }[] {
  const documents: { source: string; firstLine: number }[] = [];
  let start = 0;
  let line = 1;
  const cut = (end: number): void => {
    const source = text.slice(start, end);
    if (/^(?!\s*(#|$|---))/m.test(source)) documents.push({ source, firstLine: line });
    line += source.split('\n').length - 1;
    start = end;
  };
  for (const marker of text.matchAll(/^---(?=\s|$)/gm)) {
    if (documents.length > YAML_DOCUMENTS_MAX) break;
    if (marker.index > 0) cut(marker.index);
  }
  cut(text.length);
  return documents;
}

/** Lone surrogates, and controls that YAML knows only as escapes. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN_CHARACTER =
  /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

interface Composed {
  document?: Document.Parsed;
  /** Where a bound was met. */
  tooDeepAt?: number;
  tooManyAt?: number;
}

/** What begins a value: the mark before plain scalars, quotes, brackets, aliases, block scalars, dashes. */
// oxlint-disable-next-line no-control-regex
const BEGINS_VALUE = /^(?:\x1f|["'[{*|>]|-$)/;

/** Feeds the parser token by token, so that size and nesting are bounded before anything recurses over it. */
function compose(source: string, counter: LineCounter): Composed {
  const parser = new Parser(counter.addNewLine);
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  let document: Document.Parsed | undefined;
  const keep = (documents: Iterable<Document.Parsed>): void => {
    for (const next of documents) {
      if (document === undefined) document = next;
      else if (document.errors.length === 0) document.errors.push(secondDocument(next));
    }
  };
  let values = 0;
  for (const lexeme of new Lexer().lex(source)) {
    if (BEGINS_VALUE.test(lexeme) && ++values > YAML_VALUES_MAX) return { tooManyAt: parser.offset };
    for (const token of parser.next(lexeme)) keep(composer.next(token) as Iterable<Document.Parsed>);
    // A level of a block needs at most two entries of the parser's stack.
    if (parser.stack.length > 2 * YAML_DEPTH_MAX) return { tooDeepAt: parser.offset };
  }
  for (const token of parser.end()) keep(composer.next(token) as Iterable<Document.Parsed>);
  keep(composer.end() as Iterable<Document.Parsed>);
  return { document: document?.contents === null && document.errors.length === 0 ? undefined : document };
}

function secondDocument(document: Document.Parsed): Document.Parsed['errors'][number] {
  const start = document.range[0];
  return {
    name: 'YAMLParseError',
    code: 'MULTIPLE_DOCS',
    message: 'A flow is one YAML document; send several flows to the bulk routes.',
    pos: [start, start + 3],
  };
}

type Report = (code: DiagnosticCode, message: string, range: readonly [number, number]) => void;

const TAGS = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`));

/** Turns nodes into values, counting what aliases multiply. */
class Reader {
  readonly #report: Report;
  readonly #anchors = new Map<string, Node>();
  readonly #open = new Set<Node>();
  #expansions = 0;
  #values = 0;
  #depth = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  value(node: unknown): Json {
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.#aliased(node, (target) => this.value(target)) ?? null;
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null;
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (node.tag !== undefined && !TAGS.has(node.tag)) {
      this.#report(
        'yaml.tag',
        `The tag ${node.tag.replace('tag:yaml.org,2002:', '!!')} is not supported: write a plain value.`,
        rangeOf(node),
      );
      return null;
    }
    if (++this.#values > YAML_VALUES_MAX) {
      if (this.#values === YAML_VALUES_MAX + 1)
        this.#report('yaml.size', `The source holds more than ${YAML_VALUES_MAX} values.`, rangeOf(node));
      return null;
    }
    if (isScalar(node)) return scalarValue(node);
    if (this.#depth >= YAML_DEPTH_MAX) {
      this.#report('yaml.depth', `Values are nested deeper than ${YAML_DEPTH_MAX} levels.`, rangeOf(node));
      return null;
    }
    this.#depth++;
    this.#open.add(node);
    const value = isMap(node) ? this.#map(node) : this.#list(node);
    this.#open.delete(node);
    this.#depth--;
    return value;
  }

  #list(node: YAMLSeq): Json[] {
    return node.items.map((item) => this.value(item));
  }

  #map(node: YAMLMap): JsonObject {
    const value: JsonObject = {};
    const merged: JsonObject[] = [];
    for (const pair of node.items) {
      if (isMergeKey(pair)) {
        merged.push(...this.#mergeSources(pair.value));
        continue;
      }
      const key = this.#key(pair);
      if (key === undefined) continue;
      if (Object.hasOwn(value, key)) this.#report('yaml.duplicate-key', `Duplicate field '${key}'`, rangeOf(pair.key));
      setOwn(value, key, this.value(pair.value));
    }
    for (const source of merged) {
      for (const [key, member] of Object.entries(source)) if (!Object.hasOwn(value, key)) setOwn(value, key, member);
    }
    return value;
  }

  #key(pair: Pair): string | undefined {
    const key = isAlias(pair.key) ? this.#aliased(pair.key, (target) => target) : pair.key;
    if (isScalar(key)) {
      if (key.anchor !== undefined) this.#anchors.set(key.anchor, key);
      return keyText(key);
    }
    this.#report('yaml.key', 'A name must be a text, not a list or a map.', rangeOf(pair.key));
    return undefined;
  }

  #mergeSources(node: unknown): JsonObject[] {
    const items = isSeq(node) ? node.items : [node];
    const sources: JsonObject[] = [];
    for (const item of items) {
      // A merge key counts as an expansion even where it holds the map itself.
      const value = this.value(item);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) sources.push(value as JsonObject);
      else this.#report('yaml.alias', 'A merge key (<<) needs a map, or a list of maps.', rangeOf(item));
    }
    return sources;
  }

  #aliased<T>(alias: Alias, use: (target: Node) => T): T | undefined {
    const target = this.#anchors.get(alias.source);
    if (target === undefined) {
      this.#report('yaml.alias', `The alias *${alias.source} names no anchor before it.`, rangeOf(alias));
      return undefined;
    }
    if (this.#open.has(target)) {
      this.#report('yaml.alias', `The alias *${alias.source} stands inside its own anchor.`, rangeOf(alias));
      return undefined;
    }
    if (++this.#expansions > YAML_ALIAS_EXPANSIONS_MAX) {
      if (this.#expansions === YAML_ALIAS_EXPANSIONS_MAX + 1) {
        this.#report(
          'yaml.alias',
          `Aliases are expanded more than ${YAML_ALIAS_EXPANSIONS_MAX} times.`,
          rangeOf(alias),
        );
      }
      return undefined;
    }
    return use(target);
  }
}

function scalarValue(node: Scalar): Json {
  const { value, source } = node;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return source ?? String(value);
    return source !== undefined && /^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(source) ? parseNumber(source) : value;
  }
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  return null;
}

function keyText(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

function isMergeKey(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.type === 'PLAIN' && pair.key.source === '<<';
}

/** Assigning to `__proto__` would change the prototype instead. */
export function setOwn(target: JsonObject, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  else target[key] = value;
}

function rangeOf(node: unknown): readonly [number, number] {
  const range = (node as { range?: [number, number, number] } | null)?.range;
  return range === undefined || range === null ? [0, 0] : [range[0], range[1]];
}

function placeOf(document: Document.Parsed, path: Path, part: 'key' | 'value' = 'value'): readonly [number, number] {
  let node: unknown = document.contents;
  let place = rangeOf(node);
  for (const [depth, step] of path.entries()) {
    const pair = memberOf(document, node, step);
    if (pair === undefined) {
      // A missing member belongs to the name of the map around it; its whole text would colour half a screen.
      return place;
    }
    const last = depth === path.length - 1;
    const useKey = isPair(pair) && ((last && part === 'key') || pair.value === null);
    node = isPair(pair) ? pair.value : pair;
    place = useKey && isPair(pair) ? rangeOf(pair.key) : rangeOf(node);
  }
  return place;
}

function memberOf(document: Document.Parsed, node: unknown, step: string | number): unknown {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(target)) return typeof step === 'number' ? target.items[step] : undefined;
  if (!isMap(target)) return undefined;
  const name = String(step);
  const own = target.items.find((pair) => isScalar(pair.key) && !isMergeKey(pair) && keyText(pair.key) === name);
  if (own !== undefined) return own;
  for (const pair of target.items) {
    if (!isMergeKey(pair)) continue;
    for (const source of isSeq(pair.value) ? pair.value.items : [pair.value]) {
      const merged = memberOf(document, source, step);
      if (merged !== undefined) return merged;
    }
  }
  return undefined;
}
