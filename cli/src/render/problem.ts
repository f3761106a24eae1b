import type { ProblemDetail, ProblemError } from '../client/problem.ts';
import type { Colors } from '../terminal.ts';

/** A server's error for a person: what, where, and what to do about it. */
export function renderProblem(problem: ProblemError, colors: Colors): string {
  const code = problem.code === undefined ? `${problem.status}` : `${problem.code}, ${problem.status}`;
  const lines = [`${colors.red('error:')} ${problem.message} ${colors.dim(`(${code})`)}`];
  for (const detail of problem.details) {
    if (detail.detail !== undefined && detail.detail !== problem.message)
      lines.push(`  ${place(detail)}${detail.detail}`);
  }
  lines.push(colors.dim(`  asked: ${problem.request}`));
  if (problem.status >= 500 && problem.requestId !== undefined)
    lines.push(colors.dim(`  request id: ${problem.requestId}`));
  const remedy = remedyOf(problem.status);
  if (remedy !== undefined) lines.push(`  ${colors.dim('→')} ${remedy}`);
  return lines.join('\n');
}

function place({ line, column, pointer }: ProblemDetail): string {
  const position = line === undefined ? '' : `line ${line}${column === undefined ? '' : `, column ${column}`}: `;
  return position + (pointer === undefined || pointer === '' ? '' : `${pointer}: `);
}

function remedyOf(status: number): string | undefined {
  switch (status) {
    case 401:
      return 'log in again with `rondo login`, or set RONDO_TOKEN to a valid API token';
    case 403:
      return 'ask an owner of the tenant for the permission, or use another token';
    case 404:
      return 'check the spelling and the tenant (--tenant, RONDO_TENANT)';
    case 413:
      return 'make the body smaller; large data belongs into files';
    case 429:
      return 'wait a moment and try again';
    case 503:
    case 504:
      return 'the server is busy or starting; try again in a moment';
    default:
      return undefined;
  }
}
