/** The places of a text in a source, each with a little around it: `…[mark]found[/mark]…`. */
export function findFragments(source: string, text: string): string[] {
  if (text === '') return [];
  const fragments: string[] = [];
  const wanted = text.toLowerCase();
  const haystack = source.toLowerCase();
  for (
    let at = haystack.indexOf(wanted);
    at >= 0 && fragments.length < FRAGMENTS_MAX;
    at = haystack.indexOf(wanted, at + wanted.length)
  ) {
    const end = at + wanted.length;
    const before = source.slice(Math.max(0, at - AROUND_CHARS), at);
    fragments.push(`${before}[mark]${source.slice(at, end)}[/mark]${source.slice(end, end + AROUND_CHARS)}`);
  }
  return fragments;
}

const FRAGMENTS_MAX = 3;
const AROUND_CHARS = 60;
