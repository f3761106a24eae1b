/** The beginning of a file, as a person looks at it: rows of data, text, a picture. */
import { AppError } from '../errors.ts';
import { parseCsv } from '../protocol/csv.ts';
import type { Json } from '../protocol/json.ts';
import { parseRow } from '../tasks/storage/row.ts';

export interface FilePreview {
  extension: string;
  type: 'LIST' | 'TEXT' | 'IMAGE' | 'MARKDOWN' | 'PDF';
  /** Rows, text, or base64 of a picture or document. */
  content: Json;
  truncated: boolean;
}

export interface PreviewOptions {
  rowsMax: number;
  encoding: string;
  /** Whether there is more of the file than these bytes. */
  isCut: boolean;
}

export function previewOf(name: string, bytes: Uint8Array, options: PreviewOptions): FilePreview {
  const extension = /\.([A-Za-z0-9]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return { extension, ...contentOf(extension, bytes, options) };
}

function contentOf(extension: string, bytes: Uint8Array, options: PreviewOptions): Omit<FilePreview, 'extension'> {
  const { isCut } = options;
  // Half a picture is none: of one that was cut only its kind is said.
  if (IMAGES.has(extension)) return { type: 'IMAGE', content: isCut ? '' : toBase64(bytes), truncated: isCut };
  if (extension === 'pdf') return { type: 'PDF', content: isCut ? '' : toBase64(bytes), truncated: isCut };
  const text = decoded(bytes, options);
  if (extension === 'csv') return { type: 'LIST', ...tableOf(text, options) };
  if (ROW_FILES.has(extension)) return { type: 'LIST', ...rowsOf(text, options) };
  const { lines, isMore } = linesOf(text, options);
  return { type: extension === 'md' ? 'MARKDOWN' : 'TEXT', content: lines.join('\n'), truncated: isMore || isCut };
}

/** SVG is not among them: it is a document with scripts, shown as the text it is. */
const IMAGES: ReadonlySet<string> = new Set(['png', 'jpg', 'jpeg', 'gif', 'webp', 'bmp', 'ico']);
const ROW_FILES: ReadonlySet<string> = new Set(['jsonl', 'ndjson', 'ion']);

type Rows = Pick<FilePreview, 'content' | 'truncated'>;

function tableOf(text: string, { rowsMax, isCut }: PreviewOptions): Rows {
  // The header, the rows, one that says that there are more, and one that a cut may have halved.
  const [header = [], ...all] = parseCsv(text, rowsMax + 3);
  const rows = isCut ? all.slice(0, -1) : all;
  const content = rows
    .slice(0, rowsMax)
    .map((row) => Object.fromEntries(header.map((name, column) => [name, row[column] ?? ''])));
  return { content, truncated: isCut || rows.length > rowsMax };
}

function rowsOf(text: string, options: PreviewOptions): Rows {
  const { lines, isMore } = linesOf(text, options, (line) => line.trim() !== '');
  return { content: lines.map(valueOf), truncated: isMore || options.isCut };
}

/** The first lines that fit; the last one of a file that was cut is left out, unless it is all there is. */
function linesOf(text: string, { rowsMax, isCut }: PreviewOptions, isWanted: (line: string) => boolean = () => true) {
  const all = text.split('\n');
  const whole = isCut && all.length > 1 ? all.slice(0, -1) : all;
  const wanted = whole.filter(isWanted);
  return { lines: wanted.slice(0, rowsMax), isMore: wanted.length > rowsMax };
}

function valueOf(line: string): Json {
  try {
    return parseRow(line);
  } catch {
    return line;
  }
}

function decoded(bytes: Uint8Array, { encoding, isCut }: PreviewOptions): string {
  try {
    // As a stream, so that a character that was cut in two is left out.
    return new TextDecoder(encoding).decode(bytes, { stream: isCut });
  } catch (cause) {
    throw new AppError('invalid_parameter', `The encoding ${encoding} is not known here.`, { cause });
  }
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.byteLength; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}
