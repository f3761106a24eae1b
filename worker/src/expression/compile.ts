/** A tree to closures: each node becomes a function that answers its value, so that running a template decides nothing that
 *  its source has decided already. */
import { stepsOf } from './callable.ts';
import { Fault, located, undefinedFault } from './error.ts';
import { FILTERS } from './filters/registry.ts';
import { FUNCTIONS } from './functions/registry.ts';
import { callMethod } from './methods.ts';
import { calculate } from './numbers.ts';
import { join, operate } from './operators.ts';
import { Locals } from './run.ts';
import { ScopeLookup } from './scope.ts';
import { TESTS } from './tests.ts';
import { toText } from './text.ts';
import { isTrue } from './truth.ts';
import { Lookup, describe, isList, isMap, mapSet, member, memberNames } from './value.ts';
import { argumentFault } from './error.ts';
import type { Arguments, Body, Expression, FilterCall, Statement } from './ast.ts';
import type { ArgumentValues, Filter } from './callable.ts';
import type { ExpressionErrorCode, Place } from './error.ts';
import type { EagerOperator } from './operators.ts';
import type { Run, Template } from './run.ts';
import type { Value, ValueMap } from './value.ts';

type Evaluate = (run: Run) => Value;
/** Answers undefined where a name is not defined, instead of failing. */
type Attempt = (run: Run) => Value | undefined;
type Emit = (run: Run) => void;

export function compile(source: string, body: Body): Template {
  const compiler = new Compiler(source);
  const height = heightOf(body);
  const [only] = body;
  if (body.length !== 1 || only?.kind !== 'print')
    return { source, height, emit: compiler.body(body), value: undefined };
  const value = compiler.expression(only.expression);
  return { source, height, emit: (run) => run.write(toText(value(run), run)), value };
}

function heightOf(body: Body): number {
  return body.reduce((height, statement) => Math.max(height, statement.height), 0);
}

interface Macro {
  readonly height: number;
  call(run: Run, args: readonly Evaluate[], named: readonly { name: string; value: Evaluate }[]): string;
}

interface Block {
  readonly height: number;
  readonly emit: Emit;
}

class Compiler {
  readonly #source: string;
  /** Known from the start of the rendering, wherever they stand. */
  readonly #macros = new Map<string, Macro>();
  readonly #blocks = new Map<string, Block>();
  /** Nodes compiled so far: how much work a round of a loop is. */
  #nodes = 0;

  constructor(source: string) {
    this.#source = source;
  }

  // Statements

  body(statements: Body): Emit {
    const emits = statements.map((statement) => this.#statement(statement));
    const [first, second] = emits;
    if (first === undefined) return () => {};
    if (second === undefined) return first;
    return (run) => {
      for (const emit of emits) emit(run);
    };
  }

  #statement(statement: Statement): Emit {
    this.#nodes++;
    switch (statement.kind) {
      case 'text': {
        const { text } = statement;
        return (run) => run.write(text);
      }
      case 'raw': {
        const { text } = statement;
        return (run) => run.writeRaw(text);
      }
      case 'print': {
        const evaluate = this.expression(statement.expression);
        const place = this.#place(statement.offset);
        return (run) => {
          const value = evaluate(run);
          try {
            run.write(toText(value, run));
          } catch (failure) {
            throw located(failure, place);
          }
        };
      }
      case 'if':
        return this.#if(statement);
      case 'for':
        return this.#for(statement);
      case 'set': {
        const { name } = statement;
        const evaluate = this.expression(statement.value);
        return (run) => run.assign(name, evaluate(run));
      }
      case 'macro':
        this.#macros.set(statement.name, this.#macro(statement));
        return () => {};
      case 'block': {
        const emit = this.body(statement.body);
        this.#blocks.set(statement.name, { emit, height: heightOf(statement.body) });
        return emit;
      }
      case 'filtered':
        return this.#filtered(statement);
    }
  }

  #if(statement: Statement & { kind: 'if' }): Emit {
    const branches = statement.branches.map(({ condition, body }) => ({
      condition: this.#condition(condition),
      body: this.body(body),
    }));
    const otherwise = this.body(statement.otherwise);
    return (run) => {
      for (const { condition, body } of branches) {
        if (condition(run)) return body(run);
      }
      otherwise(run);
    };
  }

  #for(statement: Statement & { kind: 'for' }): Emit {
    const { variable } = statement;
    const sequence = this.expression(statement.sequence);
    const before = this.#nodes;
    const body = this.body(statement.body);
    const cost = 1 + this.#nodes - before;
    const otherwise = this.body(statement.otherwise);
    const place = this.#place(statement.sequence.offset);
    return (run) => {
      const items = itemsOf(sequence(run), run, place);
      const { length } = items;
      if (length === 0) return otherwise(run);
      const outer = run.locals;
      const locals = new Locals(outer);
      const loop = new Loop(length);
      run.locals = locals;
      locals.values.set('loop', loop);
      try {
        for (let index = 0; index < length; index++) {
          run.meter.spend(cost);
          loop.index = index;
          locals.values.set(variable, (Array.isArray(items) ? items[index] : items.at(index)) ?? null);
          body(run);
        }
      } catch (failure) {
        throw located(failure, place);
      }
      run.locals = outer;
    };
  }

  #macro(statement: Statement & { kind: 'macro' }): Macro {
    const { name } = statement;
    const parameters = statement.parameters.map(({ name: parameter, preset }) => ({
      name: parameter,
      preset: preset === undefined ? undefined : this.expression(preset),
    }));
    const body = this.body(statement.body);
    const height = statement.height;
    return {
      height,
      call(run, args, named) {
        if (args.length > parameters.length)
          throw argumentFault(`The macro \`${name}\` takes ${parameters.length} arguments`);
        const locals = new Locals(null, true);
        locals.values.set('_context', new ScopeLookup(run.scope));
        parameters.forEach((parameter, index) => {
          const given = args[index] ?? named.find((one) => one.name === parameter.name)?.value ?? parameter.preset;
          if (given !== undefined) locals.values.set(parameter.name, given(run));
        });
        return run.nested(height, locals, () => {
          body(run);
          return run.out;
        });
      },
    };
  }

  #filtered(statement: Statement & { kind: 'filtered' }): Emit {
    const body = this.body(statement.body);
    const filters = statement.filters.map((filter) => this.#filter(filter));
    return (run) => {
      let value: Value = run.nested(0, run.locals, () => {
        body(run);
        return run.out;
      });
      for (const filter of filters) value = filter(run, value);
      run.write(toText(value, run));
    };
  }

  // Expressions

  expression(node: Expression): Evaluate {
    this.#nodes++;
    const place = this.#place(node.offset);
    switch (node.kind) {
      case 'literal': {
        const { value } = node;
        return () => value;
      }
      case 'list': {
        const items = node.items.map((item) => this.expression(item));
        return (run) => items.map((item) => item(run));
      }
      case 'map': {
        const entries = node.entries.map(({ key, value }) => ({
          key: this.expression(key),
          value: this.expression(value),
        }));
        return (run) => {
          const map: ValueMap = {};
          for (const { key, value } of entries) mapSet(map, toText(key(run), run), value(run));
          return map;
        };
      }
      case 'joined': {
        const parts = node.parts.map((part) => this.expression(part));
        return (run) => parts.reduce((text, part) => join(text, toText(part(run), run), run), '');
      }
      case 'variable': {
        const { name } = node;
        return (run) => {
          const value = run.variable(name);
          if (value === undefined) throw undefinedFault(name, () => run.names(), place);
          return value;
        };
      }
      case 'member':
        return this.#member(node, place);
      case 'method': {
        const target = this.expression(node.target);
        const args = node.args.map((arg) => this.expression(arg));
        const { name } = node;
        return (run) => {
          const value = target(run);
          const given = args.map((arg) => arg(run));
          try {
            return callMethod(value, name, given, run);
          } catch (failure) {
            throw located(failure, place);
          }
        };
      }
      case 'call':
        return this.#call(node, place);
      case 'filter': {
        if (node.filter.name === 'default') return this.#default(node);
        const input = this.expression(node.input);
        const filter = this.#filter(node.filter);
        return (run) => filter(run, input(run));
      }
      case 'test':
        return this.#test(node, place);
      case 'unary': {
        const { operator } = node;
        if (operator === 'not') {
          const operand = this.#condition(node.operand);
          return (run) => !operand(run);
        }
        const operand = this.expression(node.operand);
        const sign = operator === '-' ? -1 : 1;
        return (run) => {
          const value = operand(run);
          try {
            return calculate('*', sign, value);
          } catch (failure) {
            throw located(failure, place);
          }
        };
      }
      case 'binary':
        return this.#binary(node, place);
      case 'conditional': {
        const condition = this.#condition(node.condition);
        const consequent = this.expression(node.consequent);
        const alternative = this.expression(node.alternative);
        return (run) => (condition(run) ? consequent(run) : alternative(run));
      }
    }
  }

  #member(node: Expression & { kind: 'member' }, place: Place): Evaluate {
    const target = this.expression(node.target);
    const constant = node.key.kind === 'literal' ? node.key.value : undefined;
    const key: Evaluate = constant === undefined ? this.expression(node.key) : () => constant;
    return (run) => {
      const owner = target(run);
      const name = key(run);
      const value = member(owner, name);
      if (value === undefined) throw undefinedFault(toText(name, run), () => memberNames(owner), place);
      return value;
    };
  }

  /** The value, or undefined where something on the way to it is not defined. */
  #attempt(node: Expression): Attempt {
    if (node.kind === 'variable') {
      const { name } = node;
      return (run) => run.variable(name);
    }
    if (node.kind === 'member') {
      const target = this.#attempt(node.target);
      const key = this.#attempt(node.key);
      return (run) => {
        const owner = target(run);
        if (owner === undefined) return undefined;
        const name = key(run);
        return name === undefined ? undefined : member(owner, name);
      };
    }
    const evaluate = this.expression(node);
    return (run) => {
      try {
        return evaluate(run);
      } catch (failure) {
        if (failure instanceof Fault && failure.code === 'expression_undefined') return undefined;
        throw failure;
      }
    };
  }

  #condition(node: Expression): (run: Run) => boolean {
    const evaluate = this.expression(node);
    const place = this.#place(node.offset);
    return (run) => {
      const value = evaluate(run);
      if (typeof value === 'boolean') return value;
      try {
        return isTrue(value);
      } catch (failure) {
        throw located(failure, place);
      }
    };
  }

  #binary(node: Expression & { kind: 'binary' }, place: Place): Evaluate {
    const { operator } = node;
    switch (operator) {
      case 'or': {
        const [left, right] = [this.#condition(node.left), this.#condition(node.right)];
        return (run) => left(run) || right(run);
      }
      case 'and': {
        const [left, right] = [this.#condition(node.left), this.#condition(node.right)];
        return (run) => left(run) && right(run);
      }
      case '??': {
        const [left, right] = [this.#attempt(node.left), this.expression(node.right)];
        return (run) => left(run) ?? right(run);
      }
      case '???': {
        const [left, right] = [this.#attempt(node.left), this.expression(node.right)];
        return (run) => {
          const value = left(run);
          return value === undefined ? right(run) : value;
        };
      }
      default:
        return this.#eager(operator, this.expression(node.left), this.expression(node.right), place);
    }
  }

  #eager(operator: EagerOperator, left: Evaluate, right: Evaluate, place: Place): Evaluate {
    return (run) => {
      const a = left(run);
      const b = right(run);
      try {
        return operate(operator, a, b, run);
      } catch (failure) {
        throw located(failure, place);
      }
    };
  }

  #test(node: Expression & { kind: 'test' }, place: Place): Evaluate {
    const { name, negated } = node;
    if (name === 'defined') {
      const attempt = this.#attempt(node.operand);
      return (run) => ((attempt(run) ?? null) !== null) !== negated;
    }
    const test = TESTS.get(name);
    if (test === undefined) return failing('expression_unknown', `The test \`${name}\` does not exist`, place);
    const operand = this.expression(node.operand);
    return (run) => {
      const value = operand(run);
      try {
        run.meter.spend(stepsOf([value], TEST_CHARS_PER_STEP));
        return test(value) !== negated;
      } catch (failure) {
        throw located(failure, place);
      }
    };
  }

  /** `default` forgives an input that is not defined. */
  #default(node: Expression & { kind: 'filter' }): Evaluate {
    const attempt = this.#attempt(node.input);
    const filter = this.#filter(node.filter);
    return (run) => filter(run, attempt(run) ?? null);
  }

  #filter({ name, args, offset }: FilterCall): (run: Run, input: Value) => Value {
    const place = this.#place(offset);
    const filter: Filter | undefined = FILTERS.get(name);
    if (filter === undefined) return failing('expression_unknown', `The filter \`${name}\` does not exist`, place);
    const values = this.#arguments(`The filter \`${name}\``, filter.parameters, args, place);
    const { acceptsNull, steps = 1, charsPerStep } = filter;
    return (run, input) => {
      if (input === null && acceptsNull === undefined) return null;
      const given = values(run);
      try {
        run.meter.spend(steps + stepsOf([input], charsPerStep) + stepsOf(given, charsPerStep));
        return filter.apply(input, given, run);
      } catch (failure) {
        throw located(failure, place);
      }
    };
  }

  #call(node: Expression & { kind: 'call' }, place: Place): Evaluate {
    const { name, args } = node;
    if (name === 'block') return this.#blockCall(args, place);
    const builtIn = FUNCTIONS.get(name);
    if (builtIn === undefined) return this.#macroCall(name, args, place);
    const values = builtIn.variadic
      ? this.#positional(args)
      : this.#arguments(`The function \`${name}\``, builtIn.parameters, args, place);
    const { steps = 1, charsPerStep } = builtIn;
    return (run) => {
      if (run.recursive && RENDERING.has(name)) throw noSuchFunction(name, place);
      const given = values(run);
      try {
        run.meter.spend(steps + stepsOf(given, charsPerStep));
        return builtIn.call(given, run);
      } catch (failure) {
        throw located(failure, place);
      }
    };
  }

  #macroCall(name: string, { positional, named }: Arguments, place: Place): Evaluate {
    const args = positional.map((arg) => this.expression(arg));
    const namedArgs = named.map((arg) => ({ name: arg.name, value: this.expression(arg.value) }));
    return (run) => {
      const macro = this.#macros.get(name);
      if (macro === undefined) throw noSuchFunction(name, place);
      try {
        return macro.call(run, args, namedArgs);
      } catch (failure) {
        throw located(failure, place);
      }
    };
  }

  #blockCall(args: Arguments, place: Place): Evaluate {
    const values = this.#arguments('The function `block`', ['name'], args, place);
    return (run) => {
      const [name] = values(run);
      const block = typeof name === 'string' ? this.#blocks.get(name) : undefined;
      if (block === undefined)
        throw new Fault('expression_unknown', `The block \`${toText(name ?? null, run)}\` does not exist`, place);
      try {
        return run.nested(block.height, run.locals, () => {
          block.emit(run);
          return run.out;
        });
      } catch (failure) {
        throw located(failure, place);
      }
    };
  }

  #positional({ positional }: Arguments): (run: Run) => ArgumentValues {
    const args = positional.map((arg) => this.expression(arg));
    return (run) => args.map((arg) => arg(run));
  }

  /** The arguments in the order of the parameters. */
  #arguments(
    callee: string,
    parameters: readonly string[],
    args: Arguments,
    place: Place,
  ): (run: Run) => ArgumentValues {
    const slots: (Evaluate | undefined)[] = args.positional.map((arg) => this.expression(arg));
    if (slots.length > parameters.length) {
      return failing('expression_argument', `${callee} takes at most ${parameters.length} arguments`, place);
    }
    for (const { name, value } of args.named) {
      const index = parameters.findIndex((parameter) => parameter.split('|').includes(name));
      if (index < 0) return failing('expression_argument', `${callee} has no argument \`${name}\``, place);
      slots[index] = this.expression(value);
    }
    if (slots.length === 0) {
      const none: ArgumentValues = [];
      return () => none;
    }
    return (run) => slots.map((slot) => slot?.(run));
  }

  #place(offset: number): Place {
    return { source: this.#source, offset };
  }
}

/** `is json` reads every character, which is slow; the other tests hardly any. */
const TEST_CHARS_PER_STEP = 2;

const RENDERING: ReadonlySet<string> = new Set(['render', 'renderOnce']);

function noSuchFunction(name: string, place: Place): Fault {
  return new Fault('expression_unknown', `Function or Macro [${name}] does not exist`, place);
}

/** A mistake in a part of a template that may never be run is an error when it is. */
function failing(code: ExpressionErrorCode, message: string, place: Place): () => never {
  return () => {
    throw new Fault(code, message, place);
  };
}

/** What `for` walks over: a list, the entries of a map, nothing for null. */
function itemsOf(value: Value, run: Run, place: Place) {
  if (isList(value)) return value;
  if (value === null) return [];
  if (isMap(value)) return run.entries(value).map(([key, item]) => ({ key, value: item }));
  throw new Fault('expression_argument', `\`for\` goes over a list or a map, not over ${describe(value)}`, place);
}

/** The variable `loop`. */
class Loop extends Lookup {
  readonly length: number;
  index = 0;

  constructor(length: number) {
    super();
    this.length = length;
  }

  get(name: string): Value | undefined {
    switch (name) {
      case 'index':
        return this.index;
      case 'length':
        return this.length;
      case 'first':
        return this.index === 0;
      case 'last':
        return this.index === this.length - 1;
      case 'revindex':
        return this.length - this.index - 1;
      default:
        return undefined;
    }
  }

  keys(): Iterable<string> {
    return ['index', 'length', 'first', 'last', 'revindex'];
  }
}
