/** Globs over paths: `*` and `?` stay inside a folder, `**` does not, `{a,b}` is either. */
import { regularExpressions } from '../expression/parts.ts';
import { TaskFailure } from './task.ts';

/** True for paths that one of the globs matches. A glob that begins with neither `/` nor `**` matches in every folder. */
export async function globMatcher(globs: readonly string[]): Promise<(path: string) => boolean> {
  const RE2JS = await regularExpressions.load();
  const patterns = globs.map((glob) => {
    try {
      return RE2JS.compile(toRegex(glob.replace(/^glob:/, '')));
    } catch {
      throw new TaskFailure(`Invalid pattern \`${glob}\`.`);
    }
  });
  return (path) => patterns.some((pattern) => pattern.matches(path));
}

function toRegex(glob: string): string {
  let regex = /^(\/|\*\*)/.test(glob) ? '' : '(?:.*/)?';
  let depth = 0;
  for (let at = 0; at < glob.length; at++) {
    const sign = glob.charAt(at);
    if (glob.startsWith('**/', at)) {
      regex += '(?:.*/)?';
      at += 2;
    } else if (glob.startsWith('**', at)) {
      regex += '.*';
      at += 1;
    } else if (sign === '*') regex += '[^/]*';
    else if (sign === '?') regex += '[^/]';
    else if (sign === '{') {
      depth++;
      regex += '(?:';
    } else if (sign === '}' && depth > 0) {
      depth--;
      regex += ')';
    } else if (sign === ',' && depth > 0) regex += '|';
    else regex += sign.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  }
  return regex + ')'.repeat(depth);
}
