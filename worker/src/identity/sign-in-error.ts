import { AppError } from '../errors.ts';

/** What better-auth refuses, as an error of ours: it throws objects with a status and a body of its own. */
export function signInError(error: unknown): never {
  const { statusCode, body } = (error ?? {}) as { statusCode?: number; body?: { code?: string; message?: string } };
  if (statusCode === undefined || statusCode >= 500) throw error;
  if (body?.code?.startsWith('USER_ALREADY_EXISTS')) {
    throw new AppError('already_exists', 'There is an account with this e-mail address; sign in instead.', {
      cause: error,
    });
  }
  if (statusCode === 401)
    throw new AppError('unauthenticated', 'The e-mail address or the password is wrong.', { cause: error });
  throw new AppError('invalid_body', body?.message ?? 'The request is not valid.', { cause: error });
}
