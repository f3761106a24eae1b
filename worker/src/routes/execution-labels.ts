/** Labels as clients send them. */
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Label } from '../flow/flow.ts';
import { SYSTEM_LABEL_PREFIX } from '../flow/labels.ts';

export const LabelList = z.array(z.object({ key: z.string().nullish(), value: z.string().nullish() }));

/** Throws on a label without key or value, and on one that only the system may set. */
export function readLabel(
  { key, value }: { key?: string | null; value?: string | null },
  allowed: readonly string[] = [],
): Label {
  if (!key || !value)
    throw new AppError('invalid_parameter', 'A label needs a key and a value that are not empty, as key:value.');
  if (key.startsWith(SYSTEM_LABEL_PREFIX) && !allowed.includes(key)) {
    throw new AppError('invalid_parameter', `System labels can only be set by the system itself, not ${key}=${value}.`);
  }
  return { key, value };
}
