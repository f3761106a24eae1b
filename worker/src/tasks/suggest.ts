/** The nearest of `known` to a mistyped word, or undefined when none is near enough to be meant. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  let nearest: string | undefined;
  let best = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase(), best);
    if (distance < best) [nearest, best] = [candidate, distance];
  }
  return nearest;
}

/** How many letters must be changed, put in, left out, or exchanged with the next; stops counting at `bound`. */
function editDistance(a: string, b: string, bound: number): number {
  if (a.length > 200 || Math.abs(a.length - b.length) >= bound) return bound;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const exchanged = isExchange ? (before[j - 2] ?? 0) + 1 : bound;
      next.push(Math.min(replaced, exchanged, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    if (Math.min(...row, ...next) >= bound) return bound;
    [before, row] = [row, next];
  }
  return row[b.length] ?? bound;
}
