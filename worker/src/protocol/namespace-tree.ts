/** A namespace and those around it, nearest first: `a.b.c` is followed by `a.b` and `a`. */
export function withParents(namespace: string): string[] {
  const parts = namespace.split('.');
  return parts.map((_, n) => parts.slice(0, parts.length - n).join('.'));
}
