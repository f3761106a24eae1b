import { Decimal } from '../../protocol/json.ts';
import { optionalText, strictText } from '../callable.ts';
import { argumentFault } from '../error.ts';
import { formatNumber } from '../number-format.ts';
import { calculate, double, isNumber, isWhole, readNumber, toDouble } from '../numbers.ts';
import { describe } from '../value.ts';
import type { Filter } from '../callable.ts';
import type { NumberValue } from '../numbers.ts';

export const numberFilters: readonly Filter[] = [
  {
    name: 'abs',
    parameters: [],
    about: 'The number without its sign.',
    apply(input) {
      if (!isNumber(input)) throw argumentFault(`\`abs\` needs a number, not ${describe(input)}`);
      return toDouble(input) < 0 ? calculate('*', input, -1) : input;
    },
  },
  {
    name: 'number',
    parameters: ['type'],
    about: 'The number that a text writes; `type` is INT, LONG, FLOAT, DOUBLE, BIGDECIMAL or BIGINTEGER.',
    apply: (input, [type], run) => toNumber(strictText(input, 'input').trim(), optionalText(type, 'type', run)),
  },
  {
    name: 'numberFormat',
    parameters: ['format'],
    steps: 10,
    about: 'The number by a pattern such as `#.##` or `#,##0.00`.',
    apply(input, [format], run) {
      if (!isNumber(input)) throw argumentFault(`\`numberFormat\` needs a number, not ${describe(input)}`);
      return formatNumber(input, optionalText(format, 'format', run));
    },
  },
];

const BITS: Readonly<Record<string, number>> = { INT: 32, LONG: 64 };

function toNumber(text: string, type: string | undefined): NumberValue {
  const value = readNumber(text);
  if (value === undefined) throw argumentFault('The input is not a number');
  switch (type) {
    case undefined:
      return value;
    case 'INT':
    case 'LONG':
    case 'BIGINTEGER': {
      const bits = BITS[type];
      if (!isWhole(value)) throw argumentFault('The input is not a whole number');
      if (bits !== undefined && BigInt.asIntN(bits, BigInt(value)) !== BigInt(value)) {
        throw argumentFault(`The input does not fit into ${type} (${bits} bits)`);
      }
      return value;
    }
    case 'FLOAT':
    case 'DOUBLE':
      return double(toDouble(value));
    case 'BIGDECIMAL':
      return /^[+-]?\d+$/.test(text)
        ? value
        : new Decimal(
            text
              .replace(/^\+/, '')
              .replace(/^(-?)\./, '$10.')
              .replace(/\.(?=$|[eE])/, ''),
          );
    default:
      throw argumentFault('`type` must be INT, LONG, FLOAT, DOUBLE, BIGDECIMAL or BIGINTEGER');
  }
}
