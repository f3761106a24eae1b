/** Globs over paths with `/`: `*` and `?` stay inside a name, `**` crosses directories, `{a,b}` and `[a-z]` as in shells. Pure. */

export function globToRegExp(glob: string): RegExp {
  let source = '';
  let braces = 0;
  for (let n = 0; n < glob.length; n++) {
    const char = glob.charAt(n);
    if (char === '*') {
      const stars = /^\*+/.exec(glob.slice(n))?.[0].length ?? 1;
      const fillsName = n === 0 || glob.charAt(n - 1) === '/';
      if (stars > 1 && fillsName && glob.charAt(n + stars) === '/') {
        source += '(?:[^/]+/)*';
        n += stars;
      } else {
        source += stars > 1 ? '.*' : '[^/]*';
        n += stars - 1;
      }
    } else if (char === '?') {
      source += '[^/]';
    } else if (char === '[' && glob.includes(']', n + 2)) {
      const end = glob.indexOf(']', n + 2);
      source += `[${glob
        .slice(n + 1, end)
        .replace(/^!/, '^')
        .replaceAll('\\', '\\\\')}]`;
      n = end;
    } else if (char === '{' && glob.includes('}', n)) {
      source += '(?:';
      braces++;
    } else if (char === '}' && braces > 0) {
      source += ')';
      braces--;
    } else if (char === ',' && braces > 0) {
      source += '|';
    } else {
      source += char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    }
  }
  return new RegExp(`^${source}$`, 's');
}

/** Whether a path fits one of the globs. A leading `./` of a glob means nothing. */
export function matcher(globs: readonly string[]): (path: string) => boolean {
  const patterns = globs.map((glob) => globToRegExp(glob.replace(/^(\.\/)+/, '')));
  return (path) => patterns.some((pattern) => pattern.test(path));
}

/** Namespace files: a glob that starts neither with `/` nor with `**` may match in any directory. */
export function anywhere(glob: string): string {
  if (glob.startsWith('**')) return glob;
  return glob.startsWith('/') ? glob.slice(1) : `**/${glob}`;
}
