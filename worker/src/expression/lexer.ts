/** Source text to tokens. The states of the lexer (text, tag, quoted text with `#{…}`) are a stack of its own, so no
 *  nesting of the source is a nesting of calls. */
import { EXPRESSION_TOKENS_MAX } from '../limits.ts';
import { Fault } from './error.ts';

export type TokenKind =
  | 'text'
  | 'raw' // text of a raw block: kept out of later passes
  | 'print-open'
  | 'tag-open'
  | 'close'
  | 'name'
  | 'operator'
  | 'number'
  | 'string'
  | 'punctuation'
  | 'quote-open' // around the parts of a text that interpolates
  | 'quote-close'
  | 'interpolation-open'
  | 'interpolation-close'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly value: string;
  readonly offset: number;
}

const OPENERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const DELIMITER = /\{(?:\{|%|#)/g;
const RAW_OPEN = /\{%-?\s*raw\s*-?%\}/y;
const RAW_CLOSE = /\{%-?\s*endraw\s*-?%\}/g;
const VERBATIM_OPEN = /\{%(-?)\s*verbatim\s*(-?)%\}/y;
const VERBATIM_CLOSE = /\{%(-?)\s*endverbatim\s*(-?)%\}/g;
const WHITESPACE = /\s+/y;
const OPERATOR = /\?\?\??|\.\.|==|!=|<=|>=|[~+\-*/%<>|]|(?:is\s+not|is|contains|equals|and|or|not)(?![\p{L}\p{Nd}_])/uy;
const NAME = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const NUMBER = /\d+(?:\.\d+|L(?![\p{L}\p{Nd}_]))?/uy;
const SINGLE_QUOTED = /'([^'\\]*(?:\\.[^'\\]*)*)'/sy;
/** Up to the end of the text or the first interpolation. */
const DOUBLE_QUOTED_PART = /[^#"\\]*(?:(?:\\.|#(?!\{))[^#"\\]*)*/sy;
const PUNCTUATION = '()[]{}?:.,=';

/** Whether a text holds anything to render; most values of a flow do not. */
export function hasTags(source: string): boolean {
  const first = source.indexOf('{');
  if (first < 0) return false;
  DELIMITER.lastIndex = first;
  return DELIMITER.test(source);
}

export function tokenize(source: string): Token[] {
  return new Lexer(source).run();
}

interface Bracket {
  readonly closedBy: string;
  readonly offset: number;
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  /** Open brackets, quotes and interpolations of the tag at hand. */
  readonly #brackets: Bracket[] = [];
  #at = 0;
  #trimNext = false;

  constructor(source: string) {
    this.#source = source;
  }

  run(): Token[] {
    while (this.#at < this.#source.length) this.#data();
    this.#push('end', '');
    return this.#tokens;
  }

  #data(): void {
    DELIMITER.lastIndex = this.#at;
    const start = DELIMITER.exec(this.#source)?.index ?? this.#source.length;
    let text = this.#source.slice(this.#at, start);
    if (this.#trimNext) text = text.trimStart();
    this.#trimNext = false;
    if (start === this.#source.length) {
      this.#text(text);
      this.#at = start;
      return;
    }
    // Trimming signs of a raw block are part of the block: it leaves its surroundings alone.
    if (this.#block(start, text, RAW_OPEN, RAW_CLOSE, 'raw')) return;
    const trimsBefore = this.#source[start + 2] === '-';
    if (trimsBefore) text = text.trimEnd();
    if (this.#block(start, text, VERBATIM_OPEN, VERBATIM_CLOSE, 'verbatim')) return;
    this.#text(text);
    const kind = this.#source[start + 1];
    this.#at = start;
    if (kind === '#') return this.#comment(start);
    this.#push(kind === '{' ? 'print-open' : 'tag-open', this.#source.slice(start, start + 2));
    this.#at = start + (trimsBefore ? 3 : 2);
    this.#tag(kind === '{' ? '}}' : '%}', start);
  }

  /** A block whose content is not read: raw and verbatim. */
  #block(start: number, before: string, open: RegExp, close: RegExp, name: string): boolean {
    open.lastIndex = start;
    const opening = open.exec(this.#source);
    if (opening === null) return false;
    close.lastIndex = open.lastIndex;
    const closing = close.exec(this.#source);
    if (closing === null) throw syntaxFault(this.#source, start, `Unclosed ${name} tag`);
    this.#text(before);
    let content = this.#source.slice(open.lastIndex, closing.index);
    if (opening[2] === '-') content = content.trimStart();
    if (closing[1] === '-') content = content.trimEnd();
    this.#trimNext = closing[2] === '-';
    this.#at = start;
    if (content !== '') this.#push('raw', content);
    this.#at = close.lastIndex;
    return true;
  }

  #comment(start: number): void {
    const end = this.#source.indexOf('#}', start + 2);
    if (end < 0) throw syntaxFault(this.#source, start, 'Unclosed comment');
    this.#trimNext = end > start + 2 && this.#source[end - 1] === '-';
    this.#at = end + 2;
  }

  #tag(close: string, start: number): void {
    for (;;) {
      this.#skip(WHITESPACE);
      if (this.#at >= this.#source.length) {
        const open = this.#brackets.at(-1);
        if (open !== undefined) throw syntaxFault(this.#source, open.offset, `Missing \`${open.closedBy}\``);
        throw syntaxFault(this.#source, start, `Missing \`${close}\``);
      }
      if (this.#brackets.length === 0) {
        const trims = this.#source[this.#at] === '-';
        if (this.#source.startsWith(close, this.#at + (trims ? 1 : 0))) {
          this.#push('close', close);
          this.#at += trims ? 3 : 2;
          this.#trimNext = trims;
          return;
        }
      }
      this.#token();
    }
  }

  #token(): void {
    const previous = this.#tokens.at(-1);
    // After a dot every word is a name, also one that is an operator elsewhere.
    if (previous?.kind === 'punctuation' && previous.value === '.' && this.#take(NAME, 'name')) return;
    if (this.#take(OPERATOR, 'operator') || this.#take(NAME, 'name') || this.#take(NUMBER, 'number')) return;
    const character = this.#source[this.#at] ?? '';
    if (character === '"') return this.#openQuote();
    if (character === "'") return this.#singleQuoted();
    if (!PUNCTUATION.includes(character)) {
      throw syntaxFault(this.#source, this.#at, `Unexpected character \`${character}\``);
    }
    this.#bracket(character);
  }

  #bracket(character: string): void {
    const closedBy = OPENERS[character];
    if (closedBy !== undefined) this.#brackets.push({ closedBy, offset: this.#at });
    if (character === ')' || character === ']' || character === '}') {
      const open = this.#brackets.pop();
      if (open === undefined) throw syntaxFault(this.#source, this.#at, `Unexpected \`${character}\``);
      if (open.closedBy === '"' && character === '}') {
        this.#push('interpolation-close', '}');
        this.#at++;
        return this.#quotePart(open.offset);
      }
      if (open.closedBy !== character) throw syntaxFault(this.#source, open.offset, `Missing \`${open.closedBy}\``);
    }
    this.#push('punctuation', character);
    this.#at++;
  }

  #singleQuoted(): void {
    SINGLE_QUOTED.lastIndex = this.#at;
    const match = SINGLE_QUOTED.exec(this.#source);
    if (match === null) throw syntaxFault(this.#source, this.#at, 'Unclosed text');
    this.#push('string', (match[1] ?? '').replaceAll("\\'", "'").replaceAll('\\\\', '\\'));
    this.#at = SINGLE_QUOTED.lastIndex;
  }

  #openQuote(): void {
    const start = this.#at;
    this.#push('quote-open', '"');
    this.#at++;
    this.#quotePart(start);
  }

  /** A part of a double-quoted text, up to its end or the next `#{`. */
  #quotePart(start: number): void {
    DOUBLE_QUOTED_PART.lastIndex = this.#at;
    const part = DOUBLE_QUOTED_PART.exec(this.#source)?.[0] ?? '';
    if (part !== '') this.#push('string', part.replaceAll('\\"', '"').replaceAll('\\\\', '\\'));
    this.#at += part.length;
    if (this.#source.startsWith('#{', this.#at)) {
      this.#push('interpolation-open', '#{');
      this.#brackets.push({ closedBy: '"', offset: start });
      this.#at += 2;
    } else if (this.#source[this.#at] === '"') {
      this.#push('quote-close', '"');
      this.#at++;
    } else {
      throw syntaxFault(this.#source, start, 'Unclosed text');
    }
  }

  #take(pattern: RegExp, kind: TokenKind): boolean {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source);
    if (match === null) return false;
    this.#push(kind, match[0]);
    this.#at = pattern.lastIndex;
    return true;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    if (pattern.test(this.#source)) this.#at = pattern.lastIndex;
  }

  #text(value: string): void {
    if (value !== '') this.#push('text', value);
  }

  #push(kind: TokenKind, value: string): void {
    if (this.#tokens.length >= EXPRESSION_TOKENS_MAX) {
      throw syntaxFault(this.#source, this.#at, `A template may have at most ${EXPRESSION_TOKENS_MAX} tokens`);
    }
    this.#tokens.push({ kind, value, offset: this.#at });
  }
}

export function syntaxFault(source: string, offset: number, message: string): Fault {
  return new Fault('expression_syntax', message, { source, offset });
}
