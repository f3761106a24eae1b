import { TaskFailure } from '../task.ts';

const UNITS: Record<string, number> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** Bytes of a size like `10MB`, `1 KiB` or `500`. */
export function byteSize(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([KMG]?)i?B?\s*$/i.exec(text);
  const size = Number(match?.[1]) * (UNITS[(match?.[2] ?? '').toUpperCase()] ?? NaN);
  if (!Number.isFinite(size) || size < 1) throw new TaskFailure(`Invalid size \`${text}\`: write it like 10MB.`);
  return Math.floor(size);
}
