/** An error answer of the server, as it was read from the wire. */
import { z } from 'zod';

const Detail = z.object({
  detail: z.string().optional(),
  pointer: z.string().optional(),
  code: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
});
export type ProblemDetail = z.infer<typeof Detail>;

const Problem = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  message: z.string().optional(),
  code: z.string().optional(),
  requestId: z.string().optional(),
  errors: z.array(Detail).catch([]).default([]),
});

export class ProblemError extends Error {
  readonly status: number;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly details: ProblemDetail[];
  /** What was asked, so that the reader knows which of many calls failed. */
  readonly request: string;

  constructor(request: string, status: number, problem: z.infer<typeof Problem>, fallback: string) {
    super(problem.detail ?? problem.message ?? problem.title ?? fallback);
    this.name = 'ProblemError';
    this.request = request;
    this.status = status;
    this.code = problem.code;
    this.requestId = problem.requestId;
    this.details = problem.errors;
  }
}

/** Reads an answer whose status says that it failed; a body that is no problem document is quoted in short. */
export async function readProblem(request: string, response: Response): Promise<ProblemError> {
  const body = await response.text();
  const fallback = body.length > 0 ? body.slice(0, 300) : response.statusText || `status ${response.status}`;
  return new ProblemError(request, response.status, parseProblem(body), fallback);
}

function parseProblem(body: string): z.infer<typeof Problem> {
  try {
    return Problem.parse(JSON.parse(body));
  } catch {
    return { errors: [] };
  }
}
