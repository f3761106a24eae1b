/** Where in a flow the cursor stands, read from indentation alone, so that it works while the text is half written. */

export type Place =
  | { kind: 'expression'; before: string; from: number }
  | { kind: 'key'; from: number; scopes: Scope[] }
  | { kind: 'value'; key: string; from: number; scopes: Scope[] };

/** A map around the cursor, innermost first. */
export interface Scope {
  /** The key that holds the map, or the list that the map is an item of; absent at the root. */
  under?: string;
  isItem: boolean;
  /** The scalar members of the map, and the names of the others with an empty text. */
  members: Record<string, string>;
}

const KEY_LINE = /^(\s*)((?:- +)*)([\w.$-]+)\s*:(?:\s+(.*))?$/;
const TEXT_BLOCK = /^[|>][+-]?\d?\s*(?:#.*)?$/;

export function placeAt(source: string, offset: number): Place | undefined {
  const before = source.slice(0, offset);
  const expression = openExpression(before);
  if (expression !== undefined) return { kind: 'expression', before: expression, from: offset };

  const lines = source.split(/\r\n|\n|\r/);
  const row = before.split(/\r\n|\n|\r/).length - 1;
  const start = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  const text = before.slice(start);

  const key = /^(\s*)((?:- +)*)([\w.$-]*)$/.exec(text);
  if (key) {
    const [, indent = '', dashes = '', word = ''] = key;
    const scopes = scopesAt(lines, row, indent.length + dashes.length, dashes !== '');
    return scopes && { kind: 'key', from: offset - word.length, scopes };
  }
  const value = /^(\s*)((?:- +)*)([\w.$-]+):\s+(["']?)(\S*)$/.exec(text);
  if (value) {
    const [, indent = '', dashes = '', name = '', , word = ''] = value;
    const scopes = scopesAt(lines, row, indent.length + dashes.length, dashes !== '');
    return scopes && { kind: 'value', key: name, from: offset - word.length, scopes };
  }
  return undefined;
}

/** The maps around a line, for what depends on where the cursor stands but not on what is written there. */
export function scopesOf(source: string, offset: number): Scope[] {
  const lines = source.split(/\r\n|\n|\r/);
  const row = source.slice(0, offset).split(/\r\n|\n|\r/).length - 1;
  const line = KEY_LINE.exec(lines[row] ?? '');
  const column = line ? keyColumn(line) : indentOf(lines[row] ?? '');
  return scopesAt(lines, row, column, (line?.[2] ?? '') !== '') ?? [];
}

/** What is written of an expression that is not closed yet. */
function openExpression(before: string): string | undefined {
  const tail = before.slice(-2000);
  const open = Math.max(tail.lastIndexOf('{{'), tail.lastIndexOf('{%'));
  if (open === -1) return undefined;
  const inside = tail.slice(open + 2);
  return /\}\}|%\}|\n\s*\n/.test(inside) ? undefined : inside;
}

/** Undefined inside a block of text, where nothing is a key. */
function scopesAt(lines: readonly string[], row: number, column: number, startsItem: boolean): Scope[] | undefined {
  const scopes: Scope[] = [];
  let at = { row, column, startsItem };
  for (;;) {
    const members = membersAround(lines, at.row, at.column, at.startsItem);
    const item = itemStart(lines, at);
    const parent = parentOf(lines, item?.row ?? at.row, item?.column ?? at.column, item !== undefined);
    if (parent && TEXT_BLOCK.test(parent.value)) return undefined;
    scopes.push({ under: parent?.key, isItem: item !== undefined, members });
    if (!parent) return scopes;
    at = parent;
  }
}

interface Line {
  row: number;
  column: number;
  startsItem: boolean;
}

/** The line whose dash begins the list item that this map is; its column is the dash's. */
function itemStart(
  lines: readonly string[],
  { row, column, startsItem }: Line,
): { row: number; column: number } | undefined {
  for (let n = row; n >= 0; n--) {
    const line = lines[n] ?? '';
    if (n !== row && isBlank(line)) continue;
    const dash = /^(\s*)((?:- +)+)/.exec(line);
    if (dash && (n !== row || startsItem)) {
      const inner = (dash[1] ?? '').length + (dash[2] ?? '').length;
      if (inner === column) return { row: n, column: (dash[1] ?? '').length };
    }
    if (n !== row && indentOf(line) < column) return undefined;
  }
  return undefined;
}

/** The key above that this column belongs to. The items of a list may stand as far left as its key. */
function parentOf(
  lines: readonly string[],
  row: number,
  column: number,
  isItem: boolean,
): (Line & { key: string; value: string }) | undefined {
  for (let n = row - 1; n >= 0; n--) {
    const line = lines[n] ?? '';
    if (isBlank(line)) continue;
    const match = KEY_LINE.exec(line);
    if (!match) continue;
    const here = keyColumn(match);
    const startsItem = (match[2] ?? '') !== '';
    const isParent = here < column || (isItem && here === column && !startsItem);
    if (isParent) return { row: n, column: here, startsItem, key: match[3] ?? '', value: (match[4] ?? '').trim() };
  }
  return undefined;
}

function membersAround(
  lines: readonly string[],
  row: number,
  column: number,
  startsItem: boolean,
): Record<string, string> {
  const members: Record<string, string> = {};
  const take = (n: number): 'on' | 'stop' => {
    const line = lines[n] ?? '';
    if (isBlank(line)) return 'on';
    const match = KEY_LINE.exec(line);
    const here = match ? keyColumn(match) : indentOf(line);
    if (here < column) return 'stop';
    if (match && here === column && n !== row) members[match[3] ?? ''] = unquoted(match[4] ?? '');
    return 'on';
  };
  if (!startsItem) {
    for (let n = row - 1; n >= 0; n--) {
      if (take(n) === 'stop') break;
      const match = KEY_LINE.exec(lines[n] ?? '');
      if (match && (match[2] ?? '') !== '' && keyColumn(match) === column) break; // the item's first line
    }
  }
  for (let n = row + 1; n < lines.length; n++) {
    const match = /^(\s*)- /.exec(lines[n] ?? '');
    if (match && (match[1] ?? '').length < column) break; // the next item
    if (take(n) === 'stop') break;
  }
  const own = KEY_LINE.exec(lines[row] ?? '');
  if (own && keyColumn(own) === column) members[own[3] ?? ''] = unquoted(own[4] ?? '');
  return members;
}

function keyColumn(match: RegExpExecArray): number {
  return (match[1] ?? '').length + (match[2] ?? '').length;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isBlank(line: string): boolean {
  return /^\s*(#.*)?$/.test(line);
}

function unquoted(value: string): string {
  return value.trim().replace(/^(["'])(.*)\1$/, '$2');
}
