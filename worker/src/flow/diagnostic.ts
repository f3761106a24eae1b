/** What a source's author is told: a place, a code to match on, a text with the remedy. */

export const SEVERITIES = ['error', 'warning', 'deprecation', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const DIAGNOSTIC_CODES = [
  'yaml.syntax',
  'yaml.encoding',
  'yaml.size',
  'yaml.depth',
  'yaml.alias',
  'yaml.tag',
  'yaml.key',
  'yaml.duplicate-key',
  'yaml.empty',
  'unknown-property',
  'unknown-type',
  'required',
  'wrong-type',
  'invalid-value',
  'invalid-id',
  'reserved-id',
  'duplicate-id',
  'unknown-reference',
  'cycle',
  'rule',
  'limit',
  'expression',
  'deprecated',
  'relocated',
] as const;
export type DiagnosticCode = (typeof DIAGNOSTIC_CODES)[number];

/** Lines and columns count from 1; the end is exclusive. */
export interface Position {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

export interface Diagnostic extends Position {
  severity: Severity;
  code: DiagnosticCode;
  message: string;
  /** `tasks[2].url`; empty for the document itself. */
  path: string;
  /** What was probably meant. */
  suggestion?: string;
}

/** Member names and list indexes from the document's root. */
export type Path = readonly (string | number)[];

export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}

/** The line a person reads: place and text. */
export function formatDiagnostic({ path, message }: Pick<Diagnostic, 'path' | 'message'>): string {
  return path === '' ? message : `${path}: ${message}`;
}
