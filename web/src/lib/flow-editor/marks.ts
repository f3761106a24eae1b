/** The compiler's diagnostics as marks in the text. */
import type { Diagnostic as Mark } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import type { Diagnostic, Severity } from '../../../../worker/src/flow/diagnostic.ts';

const SEVERITIES: Record<Severity, Mark['severity']> = {
  error: 'error',
  warning: 'warning',
  deprecation: 'warning',
  info: 'info',
};

/** The text may have changed since it was checked: what lies outside it now is kept inside. */
export function marksOf(diagnostics: readonly Diagnostic[], text: Text): Mark[] {
  return diagnostics.map(({ line, column, endLine, endColumn, severity, message }) => {
    const from = offsetOf(text, line, column);
    const to = Math.max(offsetOf(text, endLine, endColumn), from);
    return { from, to: Math.max(to, Math.min(from + 1, text.length)), severity: SEVERITIES[severity], message };
  });
}

function offsetOf(text: Text, line: number, column: number): number {
  const at = text.line(Math.max(1, Math.min(line, text.lines)));
  return Math.min(at.from + Math.max(0, column - 1), at.to);
}
