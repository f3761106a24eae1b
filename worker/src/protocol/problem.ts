/** The body of every error (RFC 9457), with the members that clients of Kestra's older line look for. */
import { z } from 'zod';

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    /** What programs match on; the texts are for people. */
    code: z.string(),
    requestId: z.string(),
    message: z.string(),
    errors: z
      .array(
        z.object({
          detail: z.string(),
          code: z.string().optional(),
          pointer: z.string().optional(),
          line: z.int().optional(),
          column: z.int().optional(),
        }),
      )
      .optional(),
    /** Bulk actions: the items that could not be acted on. */
    invalids: z.array(z.unknown()).optional(),
    _embedded: z.object({ errors: z.array(z.object({ message: z.string() })) }).optional(),
  })
  .meta({ id: 'Problem' });
