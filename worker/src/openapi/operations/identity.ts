import { z } from 'zod';
import { empty, json } from '../operation.ts';
import type { Operation, Operations } from '../operation.ts';

const Session = z.looseObject({}).nullable();

/** Signing in by the dashboard; programs use tokens. */
function session(id: string, summary: string): Operation {
  return { id, summary, answer: json('As better-auth describes it', Session) };
}

export const identityOperations: Operations = {
  'POST /signup': { id: 'signUp', summary: 'Make an account', errors: ['already_exists'] },
  'POST /login': { id: 'login', summary: 'Sign in with an e-mail address and a password' },
  'POST /logout': { id: 'logout', summary: 'Sign out' },
  'GET /me': { id: 'getCurrentUser', summary: 'Who the caller is, and in which tenants' },
  'GET /configs': { id: 'getConfiguration', summary: 'What this server is and can do' },
  'GET /configs/login': { id: 'getLoginConfiguration', summary: 'How people sign in here' },
  'GET /auths': { id: 'listAuths', summary: 'Ways to sign in' },
  'GET /setup': { id: 'setupConfiguration', summary: 'Whether this server is ready for use' },
  'POST /auth/sign-in/email': session('authSignIn', 'Sign in by the dashboard'),
  'GET /auth/get-session': session('authGetSession', 'The session of the dashboard'),
  'POST /auth/sign-out': session('authSignOut', 'End the session of the dashboard'),
  'POST /auth/change-password': session('authChangePassword', 'Change the password'),
  'POST /auth/update-user': session('authUpdateUser', 'Change the own name'),
  'GET /auth/list-sessions': {
    id: 'authListSessions',
    summary: 'The own sessions',
    answer: json('Sessions', z.array(z.looseObject({}))),
  },
  'POST /auth/revoke-session': session('authRevokeSession', 'End one of the own sessions'),
  'POST /auth/revoke-other-sessions': session('authRevokeOtherSessions', 'End all own sessions but this one'),
  'GET /me/api-tokens': { id: 'listApiTokensForCurrentUser', summary: 'List the own API tokens' },
  'POST /me/api-tokens': {
    id: 'createApiTokenForCurrentUser',
    summary: 'Make an API token; it is shown this once',
    errors: ['limit_reached'],
  },
  'DELETE /me/api-tokens/{id}': { id: 'deleteApiTokenForCurrentUser', summary: 'Revoke an API token' },
  'POST /tenants': { id: 'createTenant', summary: 'Make a tenant', errors: ['already_exists', 'limit_reached'] },
  'GET /tenants': { id: 'listTenants', summary: 'List the tenants of the caller' },
  'GET /tenants/{id}': { id: 'getTenant', summary: 'Get a tenant of the caller' },
  'DELETE /tenants/{id}': { id: 'deleteTenant', summary: 'Delete a tenant with everything in it' },
  'GET /{tenant}/auditlogs/search': { id: 'searchAuditLogs', summary: 'Search the audit log' },
  'GET /{tenant}/auditlogs/export': { id: 'exportAuditLogs', summary: 'The audit log as CSV' },
  'GET /{tenant}/auditlogs/verify': {
    id: 'verifyAuditLogs',
    summary: 'Check that no record of the audit log was changed',
  },
  'GET /openapi.json': { id: 'getOpenApi', summary: 'This document', answer: json('OpenAPI 3.1', z.looseObject({})) },
  'GET /docs': {
    id: 'getApiDocs',
    summary: 'This document as a page',
    answer: { ...empty(200, 'A page'), content: { type: 'text/html' } },
  },
};
