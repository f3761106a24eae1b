/** Tokens to a tree. Operators bind as Kestra's do, which is not what one expects: see BINARY. */
import { EXPRESSION_NESTING_MAX } from '../limits.ts';
import { Fault, nearest } from './error.ts';
import { syntaxFault, tokenize } from './lexer.ts';
import { double, whole } from './numbers.ts';
import type {
  Arguments,
  BinaryOperator,
  Body,
  Expression,
  FilterCall,
  MacroParameter,
  Statement,
  UnaryOperator,
} from './ast.ts';
import type { Token, TokenKind } from './lexer.ts';

/** How tightly an operator binds, loosest first; all are left-associative. The filter sign stands above arithmetic and below
 *  concatenation: `x + y | f` is `x + (y | f)`, `a ~ b | f` is `(a ~ b) | f`. */
const BINARY: ReadonlyMap<string, { strength: number; operator: BinaryOperator | 'filter' | 'is' | 'is not' }> =
  new Map(
    (
      [
        [10, 'or'],
        [15, 'and'],
        [20, 'is'],
        [20, 'is not'],
        [20, 'contains'],
        [30, '=='],
        [30, '!='],
        [30, '<'],
        [30, '>'],
        [30, '<='],
        [30, '>='],
        [40, '+'],
        [40, '-'],
        [60, '*'],
        [60, '/'],
        [60, '%'],
        [110, '~'],
        [120, '..'],
        [120, '??'],
        [120, '???'],
      ] as const
    ).map(([strength, operator]) => [operator, { strength, operator }] as const),
  );
const ALIASES: ReadonlyMap<string, { strength: number; operator: BinaryOperator | 'filter' }> = new Map([
  ['equals', { strength: 30, operator: '==' } as const],
  ['|', { strength: 100, operator: 'filter' } as const],
]);
const UNARY_STRENGTH = 500;
const UNARY: ReadonlySet<string> = new Set(['not', '-', '+']);

const RESERVED: ReadonlySet<string> = new Set(['true', 'false', 'null', 'none', 'TRUE', 'FALSE', 'NULL', 'NONE']);
const TAGS = ['if', 'for', 'set', 'macro', 'block', 'filter', 'raw', 'verbatim'];
const NO_ARGUMENTS: Arguments = { positional: [], named: [] };

/** The statements of a source; throws a Fault where it is no template. */
export function parse(source: string): Body {
  return new Parser(source).template();
}

class Parser {
  readonly #source: string;
  readonly #tokens: Token[];
  #next = 0;
  #nesting = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  template(): Body {
    const body = this.#body([]);
    if (this.#peek().kind !== 'end') throw this.#unexpected(this.#peek());
    return body;
  }

  // Statements

  /** Statements up to a tag of `ends` (which is left standing after its `{%`) or the end of the source. */
  #body(ends: readonly string[]): Statement[] {
    this.#enter();
    const statements: Statement[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'end') break;
      if (token.kind === 'tag-open' && ends.includes(this.#peek(1).value)) {
        this.#next++;
        break;
      }
      this.#next++;
      statements.push(this.#statement(token));
    }
    this.#nesting--;
    return statements;
  }

  #statement(token: Token): Statement {
    const { offset } = token;
    switch (token.kind) {
      case 'text':
        return { kind: 'text', text: token.value, offset, height: 1 };
      case 'raw':
        return { kind: 'raw', text: token.value, offset, height: 1 };
      case 'print-open': {
        const expression = this.#expression();
        this.#expect('close');
        return { kind: 'print', expression, offset, height: expression.height + 1 };
      }
      case 'tag-open':
        return this.#tag(offset);
      default:
        throw this.#unexpected(token);
    }
  }

  #tag(offset: number): Statement {
    const name = this.#expect('name');
    switch (name.value) {
      case 'if':
        return this.#if(offset);
      case 'for':
        return this.#for(offset);
      case 'set':
        return this.#set(offset);
      case 'macro':
        return this.#macro(offset);
      case 'block':
        return this.#block(offset);
      case 'filter':
        return this.#filtered(offset);
      default: {
        const [near] = nearest(name.value, TAGS);
        const hint = near === undefined ? '' : `. Did you mean \`${near}\`?`;
        throw new Fault('expression_unknown', `The tag \`${name.value}\` does not exist${hint}`, {
          source: this.#source,
          offset: name.offset,
        });
      }
    }
  }

  #if(offset: number): Statement {
    const branches: { condition: Expression; body: Body }[] = [];
    let otherwise: Body = [];
    let word = 'if';
    while (word === 'if' || word === 'elseif') {
      const condition = this.#expression();
      this.#expect('close');
      branches.push({ condition, body: this.#body(['elseif', 'else', 'endif']) });
      word = this.#endWord('if', offset);
    }
    if (word === 'else') {
      this.#expect('close');
      otherwise = this.#body(['endif']);
      this.#endWord('if', offset);
    }
    this.#expect('close');
    const parts = branches.flatMap(({ condition, body }) => [condition, ...body]);
    return { kind: 'if', branches, otherwise, offset, height: this.#height(offset, [...parts, ...otherwise]) };
  }

  #for(offset: number): Statement {
    const variable = this.#newName();
    const word = this.#expect('name');
    if (word.value !== 'in')
      throw syntaxFault(this.#source, word.offset, `Expected \`in\` instead of \`${word.value}\``);
    const sequence = this.#expression();
    this.#expect('close');
    const body = this.#body(['else', 'endfor']);
    let otherwise: Body = [];
    if (this.#endWord('for', offset) === 'else') {
      this.#expect('close');
      otherwise = this.#body(['endfor']);
      this.#endWord('for', offset);
    }
    this.#expect('close');
    const height = this.#height(offset, [sequence, ...body, ...otherwise]);
    return { kind: 'for', variable, sequence, body, otherwise, offset, height };
  }

  #set(offset: number): Statement {
    const name = this.#newName();
    this.#expect('punctuation', '=');
    const value = this.#expression();
    this.#expect('close');
    return { kind: 'set', name, value, offset, height: value.height + 1 };
  }

  #macro(offset: number): Statement {
    const name = this.#newName();
    const parameters: MacroParameter[] = [];
    this.#expect('punctuation', '(');
    while (!this.#takes('punctuation', ')')) {
      if (parameters.length > 0) this.#expect('punctuation', ',');
      const parameter = this.#newName();
      parameters.push({ name: parameter, preset: this.#takes('punctuation', '=') ? this.#expression() : undefined });
    }
    this.#expect('close');
    const body = this.#body(['endmacro']);
    this.#endWord('macro', offset);
    this.#endName();
    const presets = parameters.flatMap(({ preset }) => preset ?? []);
    return { kind: 'macro', name, parameters, body, offset, height: this.#height(offset, [...body, ...presets]) };
  }

  #block(offset: number): Statement {
    const quoted = this.#peek();
    const name = quoted.kind === 'name' ? this.#newName() : this.#plainText();
    this.#expect('close');
    const body = this.#body(['endblock']);
    this.#endWord('block', offset);
    this.#endName();
    return { kind: 'block', name, body, offset, height: this.#height(offset, body) };
  }

  #filtered(offset: number): Statement {
    const filters = [this.#filterCall()];
    while (this.#takes('operator', '|')) filters.push(this.#filterCall());
    this.#expect('close');
    const body = this.#body(['endfilter']);
    this.#endWord('filter', offset);
    this.#expect('close');
    const parts = [...body, ...filters.flatMap(({ args }) => expressionsOf(args))];
    return { kind: 'filtered', filters, body, offset, height: this.#height(offset, parts) };
  }

  /** The word that ends a body, after the `{%` that `#body` took. */
  #endWord(tag: string, offset: number): string {
    if (this.#peek().kind === 'end') throw syntaxFault(this.#source, offset, `Missing \`{% end${tag} %}\``);
    return this.#expect('name').value;
  }

  /** The optional repetition of a name in an end tag. */
  #endName(): void {
    if (this.#peek().kind === 'name') this.#next++;
    else if (this.#peek().kind !== 'close') this.#plainText();
    this.#expect('close');
  }

  #plainText(): string {
    const text = this.#string();
    if (text.kind === 'literal' && typeof text.value === 'string') return text.value;
    throw syntaxFault(this.#source, text.offset, 'Expected a plain text');
  }

  // Expressions

  #expression(loosest = 0): Expression {
    this.#enter();
    let left = this.#operand();
    for (;;) {
      const token = this.#peek();
      const binary =
        token.kind === 'operator' ? (ALIASES.get(token.value) ?? BINARY.get(normalized(token.value))) : undefined;
      if (binary === undefined || binary.strength < loosest) break;
      this.#next++;
      left = this.#binary(left, binary.operator, binary.strength, token.offset);
    }
    if (loosest === 0) left = this.#conditional(left);
    this.#nesting--;
    return left;
  }

  #binary(
    left: Expression,
    operator: BinaryOperator | 'filter' | 'is' | 'is not',
    strength: number,
    offset: number,
  ): Expression {
    if (operator === 'filter') {
      const filter = this.#filterCall();
      const height = this.#height(offset, [left, ...expressionsOf(filter.args)]);
      return { kind: 'filter', input: left, filter, offset: filter.offset, height };
    }
    if (operator === 'is' || operator === 'is not') {
      const name = this.#expect('name');
      const args = this.#optionalArguments();
      const height = this.#height(offset, [left, ...expressionsOf(args)]);
      return {
        kind: 'test',
        operand: left,
        name: name.value,
        negated: operator === 'is not',
        args,
        offset: name.offset,
        height,
      };
    }
    const right = this.#expression(strength + 1);
    return { kind: 'binary', operator, left, right, offset, height: this.#height(offset, [left, right]) };
  }

  #conditional(condition: Expression): Expression {
    const { offset } = this.#peek();
    if (!this.#takes('punctuation', '?')) return condition;
    const consequent = this.#expression();
    this.#expect('punctuation', ':');
    const alternative = this.#expression();
    const height = this.#height(offset, [condition, consequent, alternative]);
    return { kind: 'conditional', condition, consequent, alternative, offset, height };
  }

  #operand(): Expression {
    const token = this.#peek();
    if (token.kind === 'operator' && UNARY.has(token.value)) {
      this.#next++;
      const operand = this.#expression(UNARY_STRENGTH);
      const height = this.#height(token.offset, [operand]);
      return { kind: 'unary', operator: token.value as UnaryOperator, operand, offset: token.offset, height };
    }
    if (token.kind === 'punctuation') {
      if (token.value === '(') {
        this.#next++;
        const inner = this.#expression();
        this.#expect('punctuation', ')');
        return this.#postfix(inner);
      }
      // Nothing can follow a list or a map: `[1, 2][0]` is an error of syntax.
      if (token.value === '[') return this.#list();
      if (token.value === '{') return this.#map();
    }
    return this.#postfix(this.#simple());
  }

  #simple(): Expression {
    const token = this.#peek();
    const { offset, value } = token;
    switch (token.kind) {
      case 'name':
        this.#next++;
        return this.#named(token);
      case 'number':
        this.#next++;
        return { kind: 'literal', value: this.#number(value, offset), offset, height: 1 };
      case 'string':
      case 'quote-open':
        return this.#string();
      default:
        throw this.#unexpected(token);
    }
  }

  #named({ value, offset }: Token): Expression {
    switch (value) {
      case 'true':
      case 'TRUE':
        return { kind: 'literal', value: true, offset, height: 1 };
      case 'false':
      case 'FALSE':
        return { kind: 'literal', value: false, offset, height: 1 };
      case 'null':
      case 'NULL':
      case 'none':
      case 'NONE':
        return { kind: 'literal', value: null, offset, height: 1 };
    }
    if (this.#at('punctuation', '(')) {
      const args = this.#arguments();
      return { kind: 'call', name: value, args, offset, height: this.#height(offset, expressionsOf(args)) };
    }
    return { kind: 'variable', name: value, offset, height: 1 };
  }

  #number(text: string, offset: number) {
    if (text.includes('.')) return double(Number(text));
    const value = BigInt(text.replace('L', ''));
    if (BigInt.asIntN(64, value) !== value)
      throw syntaxFault(this.#source, offset, `${text} does not fit into 64 bits`);
    return whole(value);
  }

  #string(): Expression {
    const token = this.#peek();
    const { offset } = token;
    this.#next++;
    if (token.kind === 'string') return { kind: 'literal', value: token.value, offset, height: 1 };
    if (token.kind !== 'quote-open') throw this.#unexpected(token);
    const parts: Expression[] = [];
    while (!this.#takes('quote-close')) {
      if (this.#takes('interpolation-open')) {
        parts.push(this.#expression());
        this.#expect('interpolation-close');
      } else {
        parts.push({ kind: 'literal', value: this.#expect('string').value, offset, height: 1 });
      }
    }
    const [only] = parts;
    if (only === undefined) return { kind: 'literal', value: '', offset, height: 1 };
    if (parts.length === 1 && only.kind === 'literal') return only;
    return { kind: 'joined', parts, offset, height: this.#height(offset, parts) };
  }

  #list(): Expression {
    const { offset } = this.#expect('punctuation', '[');
    const items: Expression[] = [];
    while (!this.#takes('punctuation', ']')) {
      if (items.length > 0) this.#expect('punctuation', ',');
      items.push(this.#expression());
    }
    return { kind: 'list', items, offset, height: this.#height(offset, items) };
  }

  #map(): Expression {
    const { offset } = this.#expect('punctuation', '{');
    const entries: { key: Expression; value: Expression }[] = [];
    while (!this.#takes('punctuation', '}')) {
      if (entries.length > 0) this.#expect('punctuation', ',');
      const key = this.#expression();
      this.#expect('punctuation', ':');
      entries.push({ key, value: this.#expression() });
    }
    const parts = entries.flatMap(({ key, value }) => [key, value]);
    return { kind: 'map', entries, offset, height: this.#height(offset, parts) };
  }

  #postfix(operand: Expression): Expression {
    let target = operand;
    for (;;) {
      const { offset } = this.#peek();
      if (this.#takes('punctuation', '.')) {
        target = this.#attribute(target);
      } else if (this.#takes('punctuation', '[')) {
        const key = this.#expression();
        this.#expect('punctuation', ']');
        target = { kind: 'member', target, key, offset, height: this.#height(offset, [target, key]) };
      } else {
        return target;
      }
    }
  }

  #attribute(target: Expression): Expression {
    const { value: name, offset } = this.#expect('name');
    if (!this.#at('punctuation', '(')) {
      const key: Expression = { kind: 'literal', value: name, offset, height: 1 };
      return { kind: 'member', target, key, offset, height: this.#height(offset, [target]) };
    }
    const { positional: args, named } = this.#arguments();
    const [first] = named;
    if (first !== undefined) throw syntaxFault(this.#source, first.value.offset, 'Methods take no named arguments');
    return { kind: 'method', target, name, args, offset, height: this.#height(offset, [target, ...args]) };
  }

  #filterCall(): FilterCall {
    const { value: name, offset } = this.#expect('name');
    return { name, offset, args: this.#optionalArguments() };
  }

  #optionalArguments(): Arguments {
    return this.#at('punctuation', '(') ? this.#arguments() : NO_ARGUMENTS;
  }

  #arguments(): Arguments {
    this.#expect('punctuation', '(');
    const positional: Expression[] = [];
    const named: { name: string; value: Expression }[] = [];
    while (!this.#takes('punctuation', ')')) {
      if (positional.length + named.length > 0) this.#expect('punctuation', ',');
      const following = this.#peek(1);
      if (this.#peek().kind === 'name' && following.kind === 'punctuation' && following.value === '=') {
        const name = this.#newName();
        this.#next++;
        named.push({ name, value: this.#expression() });
      } else {
        const value = this.#expression();
        if (named.length > 0)
          throw syntaxFault(this.#source, value.offset, 'Positional arguments come before named ones');
        positional.push(value);
      }
    }
    return { positional, named };
  }

  // Tokens

  #newName(): string {
    const name = this.#expect('name');
    if (RESERVED.has(name.value)) throw syntaxFault(this.#source, name.offset, `\`${name.value}\` cannot be assigned`);
    return name.value;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#next + ahead] ?? { kind: 'end', value: '', offset: this.#source.length };
  }

  #at(kind: TokenKind, value: string): boolean {
    const token = this.#peek();
    return token.kind === kind && token.value === value;
  }

  #takes(kind: TokenKind, value?: string): boolean {
    const token = this.#peek();
    if (token.kind !== kind || (value !== undefined && token.value !== value)) return false;
    this.#next++;
    return true;
  }

  #expect(kind: TokenKind, value?: string): Token {
    const token = this.#peek();
    if (token.kind === kind && (value === undefined || token.value === value)) {
      this.#next++;
      return token;
    }
    throw this.#unexpected(token, value ?? (kind === 'close' ? 'the end of the tag' : `a ${kind}`));
  }

  #unexpected(token: Token, expected?: string): Fault {
    const found = token.kind === 'end' ? 'the end of the template' : `\`${token.value}\``;
    const wanted =
      expected === undefined ? '' : `, expected ${/^\w{2,}/.test(expected) ? expected : `\`${expected}\``}`;
    return syntaxFault(this.#source, token.offset, `Unexpected ${found}${wanted}`);
  }

  #enter(): void {
    if (++this.#nesting > EXPRESSION_NESTING_MAX) throw this.#tooDeep(this.#peek().offset);
  }

  #height(offset: number, parts: readonly { height: number }[]): number {
    let height = 0;
    for (const part of parts) height = Math.max(height, part.height);
    if (height >= EXPRESSION_NESTING_MAX) throw this.#tooDeep(offset);
    return height + 1;
  }

  #tooDeep(offset: number): Fault {
    const message = `The template is nested deeper than ${EXPRESSION_NESTING_MAX} levels`;
    return new Fault('expression_depth_exceeded', message, { source: this.#source, offset });
  }
}

function normalized(operator: string): string {
  return operator.startsWith('is') ? operator.replace(/\s+/, ' ') : operator;
}

function expressionsOf({ positional, named }: Arguments): Expression[] {
  return [...positional, ...named.map(({ value }) => value)];
}
