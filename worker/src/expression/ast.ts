/** The parts of a template. `height` is how many nodes are nested in a node, itself included; the parser bounds it, so
 *  that everything that walks the tree may recurse. */
import type { Arithmetic, Comparison } from './numbers.ts';
import type { Value } from './value.ts';

export type BinaryOperator =
  'or' | 'and' | 'contains' | '==' | '!=' | Comparison | Arithmetic | '~' | '..' | '??' | '???';
export type UnaryOperator = 'not' | '-' | '+';

interface Node {
  readonly offset: number;
  readonly height: number;
}

export interface Arguments {
  readonly positional: readonly Expression[];
  readonly named: readonly { readonly name: string; readonly value: Expression }[];
}

export interface FilterCall {
  readonly name: string;
  readonly offset: number;
  readonly args: Arguments;
}

export type Expression = Node &
  (
    | { readonly kind: 'literal'; readonly value: Value }
    | { readonly kind: 'list'; readonly items: readonly Expression[] }
    | { readonly kind: 'map'; readonly entries: readonly { readonly key: Expression; readonly value: Expression }[] }
    | { readonly kind: 'joined'; readonly parts: readonly Expression[] }
    | { readonly kind: 'variable'; readonly name: string }
    | { readonly kind: 'member'; readonly target: Expression; readonly key: Expression }
    | {
        readonly kind: 'method';
        readonly target: Expression;
        readonly name: string;
        readonly args: readonly Expression[];
      }
    | { readonly kind: 'call'; readonly name: string; readonly args: Arguments }
    | { readonly kind: 'filter'; readonly input: Expression; readonly filter: FilterCall }
    | {
        readonly kind: 'test';
        readonly operand: Expression;
        readonly name: string;
        readonly negated: boolean;
        readonly args: Arguments;
      }
    | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'conditional';
        readonly condition: Expression;
        readonly consequent: Expression;
        readonly alternative: Expression;
      }
  );

export interface MacroParameter {
  readonly name: string;
  readonly preset: Expression | undefined;
}

export type Statement = Node &
  (
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'raw'; readonly text: string }
    | { readonly kind: 'print'; readonly expression: Expression }
    | {
        readonly kind: 'if';
        readonly branches: readonly { readonly condition: Expression; readonly body: Body }[];
        readonly otherwise: Body;
      }
    | {
        readonly kind: 'for';
        readonly variable: string;
        readonly sequence: Expression;
        readonly body: Body;
        readonly otherwise: Body;
      }
    | { readonly kind: 'set'; readonly name: string; readonly value: Expression }
    | {
        readonly kind: 'macro';
        readonly name: string;
        readonly parameters: readonly MacroParameter[];
        readonly body: Body;
      }
    | { readonly kind: 'block'; readonly name: string; readonly body: Body }
    | { readonly kind: 'filtered'; readonly filters: readonly FilterCall[]; readonly body: Body }
  );

export type Body = readonly Statement[];
