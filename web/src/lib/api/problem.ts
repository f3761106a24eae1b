/** What the API says when it refuses: problem+json, kept whole so that each fault can be shown at its place. */
import type { ErrorDetail } from '../../../../worker/src/errors.ts';
import { isJsonObject, parseJson, type JsonObject } from '../../../../worker/src/protocol/json.ts';

export interface Problem {
  /** 0 when no answer came at all. */
  status: number;
  title: string;
  detail: string;
  code?: string;
  errors: ErrorDetail[];
}

export class ApiProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiProblem';
    this.problem = problem;
  }
}

export function isProblem(error: unknown, status: number): error is ApiProblem {
  return error instanceof ApiProblem && error.problem.status === status;
}

/** The sentence to show for anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function problemOf(status: number, body: string): ApiProblem {
  const document = documentOf(body);
  const title = textOf(document.title) ?? `Error ${status}`;
  return new ApiProblem({
    status,
    title,
    detail: textOf(document.detail) ?? textOf(document.message) ?? `The server answered ${status}.`,
    code: textOf(document.code),
    errors: Array.isArray(document.errors) ? document.errors.filter(isJsonObject).map(errorOf) : [],
  });
}

function documentOf(body: string): JsonObject {
  try {
    const value = parseJson(body);
    return isJsonObject(value) ? value : {};
  } catch {
    return {}; // a proxy's page rather than our answer
  }
}

function errorOf(error: JsonObject): ErrorDetail {
  return {
    detail: textOf(error.detail) ?? 'Invalid.',
    code: textOf(error.code),
    pointer: textOf(error.pointer),
    line: typeof error.line === 'number' ? error.line : undefined,
    column: typeof error.column === 'number' ? error.column : undefined,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
