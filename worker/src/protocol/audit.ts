/** The audit log: who changed what. Records hold names and no values, since bodies hold secrets. */
import { z } from 'zod';

export const AUDIT_TYPES = ['CREATE', 'UPDATE', 'DELETE'] as const;
export type AuditType = (typeof AUDIT_TYPES)[number];

export interface AuditRecord {
  /** Epoch milliseconds. */
  at: number;
  type: AuditType;
  /** What a role must allow for it: `FLOW` and `UPDATE`. */
  resource: string;
  action: string;
  userId: string;
  email: string;
  /** The API token that was used; absent for a session or a password. */
  tokenId?: string;
  ip?: string;
  requestId: string;
  /** The route: `PUT /flows/{namespace}/{id}`. */
  operation: string;
  /** What the path names. */
  target: Record<string, string>;
}

export interface StoredAuditRecord extends AuditRecord {
  id: number;
  /** Of this record and, through the one before it, of all that were before: a changed one breaks the chain. */
  hash: string;
}

export const AuditQuery = z.object({
  type: z.enum(AUDIT_TYPES).optional(),
  userId: z.string().optional(),
  resourceType: z.string().optional(),
  namespace: z.string().optional(),
  startDate: z.iso.datetime({ offset: true }).optional(),
  endDate: z.iso.datetime({ offset: true }).optional(),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

export const AuditLogView = z
  .object({
    auditLog: z.object({
      id: z.string(),
      type: z.enum(AUDIT_TYPES),
      date: z.iso.datetime(),
      userId: z.string(),
      ipAddress: z.string().optional(),
      detail: z.looseObject({ type: z.string(), resourceType: z.string(), action: z.string(), operation: z.string() }),
      requestId: z.string(),
      tokenId: z.string().optional(),
      hash: z.string(),
    }),
    user: z.object({ id: z.string(), username: z.string() }),
  })
  .meta({ id: 'AuditLog' });
