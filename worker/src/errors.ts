/** The one table of error codes: what each means over HTTP. Text is for the person who reads it; programs match on the code. */

export const ERROR_CODES = {
  bad_request: { status: 400, title: 'Bad Request' },
  invalid_filter: { status: 400, title: 'Invalid Query Filter' },
  bulk_validation_failed: { status: 400, title: 'Bulk Validation Failed' },
  unauthenticated: { status: 401, title: 'Unauthenticated' },
  forbidden: { status: 403, title: 'Forbidden' },
  not_found: { status: 404, title: 'Not Found' },
  method_not_allowed: { status: 405, title: 'Method Not Allowed' },
  conflict: { status: 409, title: 'Conflict' },
  illegal_state: { status: 409, title: 'Illegal State' },
  stale_fence: { status: 409, title: 'Stale Fence' },
  expired: { status: 410, title: 'Resource Expired' },
  precondition_failed: { status: 412, title: 'Precondition Failed' },
  too_large: { status: 413, title: 'Content Too Large' },
  unsupported_media_type: { status: 415, title: 'Unsupported Media Type' },
  invalid_body: { status: 422, title: 'Invalid Request Body' },
  invalid_parameter: { status: 422, title: 'Invalid Parameter' },
  invalid_flow: { status: 422, title: 'Invalid Flow' },
  invalid_input: { status: 422, title: 'Invalid Input' },
  already_exists: { status: 422, title: 'Already Exists' },
  limit_reached: { status: 422, title: 'Limit Reached' },
  locked: { status: 423, title: 'Locked' },
  rate_limited: { status: 429, title: 'Too Many Requests' },
  internal_error: { status: 500, title: 'Internal Error' },
  not_implemented: { status: 501, title: 'Not Implemented' },
  unavailable: { status: 503, title: 'Service Unavailable' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One fault inside a request: a place and what is wrong there. Lines and columns count from 1. */
export interface ErrorDetail {
  detail: string;
  code?: string;
  pointer?: string;
  line?: number;
  column?: number;
}

interface ErrorMore {
  errors?: ErrorDetail[];
  invalids?: unknown[];
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** Ends a request: `middleware/problem.ts` turns it into the answer. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors?: ErrorDetail[];
  /** Bulk actions: the items that could not be acted on. */
  readonly invalids?: unknown[];
  /** Of the answer: what programs read (`Allow`, `Retry-After`). */
  readonly headers?: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, more: ErrorMore = {}) {
    super(message, { cause: more.cause });
    this.name = 'AppError';
    this.code = code;
    this.errors = more.errors;
    this.invalids = more.invalids;
    this.headers = more.headers;
  }
}

/** An error as it crosses RPC, queues and runners, where classes do not survive the trip. */
export interface ErrorData {
  code: ErrorCode;
  message: string;
  retryable: boolean;
}
