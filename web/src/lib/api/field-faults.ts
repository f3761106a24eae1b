import type { ErrorDetail } from '../../../../worker/src/errors.ts';

/** What the API found wrong with one member of the request body. */
export function faultOf(errors: readonly ErrorDetail[], member: string): string | undefined {
  return errors.find(({ pointer }) => pointer?.replace(/^\//, '') === member)?.detail;
}
