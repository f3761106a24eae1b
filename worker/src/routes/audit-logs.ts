/** The audit log, for who administrates the tenant. Mounted under {tenant}/auditlogs. */
import { createRoute, z } from '@hono/zod-openapi';
import { AUDIT_EXPORT_RECORDS_MAX } from '../limits.ts';
import { can } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { AuditLogView, AuditQuery } from '../protocol/audit.ts';
import type { StoredAuditRecord } from '../protocol/audit.ts';
import { formatCsv } from '../protocol/csv.ts';
import { paged, pagedOf, PageQuery, toPage } from '../protocol/paging.ts';
import { instant, json } from './respond.ts';

const search = createRoute({
  method: 'get',
  path: '/search',
  middleware: [can('AUDITLOG', 'LIST')] as const,
  request: { query: PageQuery.extend(AuditQuery.shape) },
  responses: { 200: json('Newest first', pagedOf(AuditLogView)) },
});

const exportCsv = createRoute({
  method: 'get',
  path: '/export',
  middleware: [can('AUDITLOG', 'EXPORT')] as const,
  request: { query: AuditQuery },
  responses: { 200: { description: 'Newest first', content: { 'text/csv': { schema: z.string() } } } },
});

const verify = createRoute({
  method: 'get',
  path: '/verify',
  middleware: [can('AUDITLOG', 'VIEW')] as const,
  responses: {
    200: json(
      'Whether every record is as it was written',
      z.object({ intact: z.boolean(), records: z.int(), brokenAt: z.string().optional() }),
    ),
  },
});

export const auditLogRoutes = routes()
  .openapi(search, async (c) => {
    const { page, size, sort: _sort, ...query } = c.req.valid('query');
    const { records, total } = await c.var.tenant.audit().search(query, toPage({ page, size }));
    return c.json(paged(records.map(toView), total), 200);
  })
  .openapi(exportCsv, async (c) => {
    const page = { offset: 0, size: AUDIT_EXPORT_RECORDS_MAX };
    const { records } = await c.var.tenant.audit().search(c.req.valid('query'), page);
    const rows = records.map((one) => [
      instant(one.at),
      one.type,
      one.resource,
      one.action,
      one.email,
      one.tokenId ?? '',
      one.ip ?? '',
      one.operation,
      JSON.stringify(one.target),
      one.requestId,
      one.hash,
    ]);
    return c.body(formatCsv([COLUMNS, ...rows]), 200, {
      'Content-Type': 'text/csv',
      'Content-Disposition': 'attachment; filename="audit-log.csv"',
      'X-Content-Type-Options': 'nosniff',
    });
  })
  .openapi(verify, async (c) => {
    const { records, brokenAt } = await c.var.tenant.audit().verify();
    return c.json(
      { intact: brokenAt === undefined, records, ...(brokenAt !== undefined && { brokenAt: String(brokenAt) }) },
      200,
    );
  });

const COLUMNS = ['date', 'type', 'resource', 'action', 'user', 'token', 'ip', 'operation', 'target', 'request', 'hash'];

function toView(record: StoredAuditRecord): z.infer<typeof AuditLogView> {
  const { id, type, at, userId, ip, resource, action, operation, target, requestId, tokenId, hash, email } = record;
  return {
    auditLog: {
      id: String(id),
      type,
      date: instant(at),
      userId,
      ...(ip !== undefined && { ipAddress: ip }),
      detail: { ...target, type: resource, resourceType: resource, action, operation },
      requestId,
      ...(tokenId !== undefined && { tokenId }),
      hash,
    },
    user: { id: userId, username: email },
  };
}
