/** Templates are parsed once and kept, within bounds; the least recently used ones are dropped. */
import {
  EXPRESSION_SOURCE_CHARS_MAX,
  EXPRESSION_TEMPLATE_CHARS_CACHED_MAX,
  EXPRESSION_TEMPLATES_CACHED_MAX,
} from '../limits.ts';
import { fail, ok } from '../result.ts';
import { compile } from './compile.ts';
import { Fault, toExpressionError } from './error.ts';
import { parse } from './parser.ts';
import type { Result } from '../result.ts';
import type { ExpressionError } from './error.ts';
import type { Template } from './run.ts';

const cache = new Map<string, Template>();
let cachedChars = 0;
let lastUsed: Template | undefined;

/** The template of a source; throws a Fault when it is none. */
export function templateOf(source: string): Template {
  if (lastUsed?.source === source) return lastUsed;
  const known = cache.get(source);
  if (known !== undefined) {
    cache.delete(source);
    cache.set(source, known);
    lastUsed = known;
    return known;
  }
  if (source.length > EXPRESSION_SOURCE_CHARS_MAX) {
    throw new Fault('expression_syntax', `A template may have at most ${EXPRESSION_SOURCE_CHARS_MAX} characters`);
  }
  const template = compile(source, parse(source));
  remember(template);
  lastUsed = template;
  return template;
}

function remember(template: Template): void {
  cache.set(template.source, template);
  cachedChars += template.source.length;
  for (const oldest of cache.keys()) {
    if (cache.size <= EXPRESSION_TEMPLATES_CACHED_MAX && cachedChars <= EXPRESSION_TEMPLATE_CHARS_CACHED_MAX) break;
    cache.delete(oldest);
    cachedChars -= oldest.length;
  }
}

/** Checks the syntax of a source and makes it ready to render. */
export function parseTemplate(source: string): Result<Template, ExpressionError> {
  try {
    return ok(templateOf(source));
  } catch (failure) {
    return fail(toExpressionError(failure, source));
  }
}
