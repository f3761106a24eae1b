import { error } from '@sveltejs/kit';
import { ApiProblem } from '../api/problem.ts';

/** The failed page says what the API said, with its status. */
export function orFailedPage(failure: unknown): never {
  if (failure instanceof ApiProblem) error(failure.problem.status || 503, failure.message);
  throw failure;
}
