/** The kinds of zod's schemas that types of tasks and triggers are described with, under zod's own names. The whole of zod is
 *  three times as large, and all of it would have to reach a browser before it could check a flow. */
import * as core from 'zod/v4/core';

export type * as core from 'zod/v4/core';
export type { input, output } from 'zod/v4/core';

export interface ZodType<
  out Output = unknown,
  out Input = unknown,
  out Internals extends core.$ZodTypeInternals<Output, Input> = core.$ZodTypeInternals<Output, Input>,
> extends core.$ZodType<Output, Input, Internals> {
  readonly description: string | undefined;
  describe(description: string): this;
  optional(): ZodOptional<this>;
  default(value: core.util.NoUndefined<core.output<this>>): ZodDefault<this>;
  refine(holds: (value: core.output<this>) => boolean, params?: core.$ZodCustomParams): this;
  parse(data: unknown): core.output<this>;
  safeParse(data: unknown): core.util.SafeParseResult<core.output<this>>;
}

interface Kind<Internals extends core.$ZodTypeInternals> extends ZodType<unknown, unknown, Internals> {}

/** What has a length or a size. */
interface Bounded {
  min(least: number): this;
  max(most: number): this;
}

export interface ZodString extends Kind<core.$ZodStringInternals<string>>, Bounded {
  regex(pattern: RegExp): this;
}
export interface ZodNumber extends Kind<core.$ZodNumberInternals<number>> {}
export interface ZodInt extends Kind<core.$ZodNumberFormatInternals<'safeint'>>, Bounded {}
export interface ZodBoolean extends Kind<core.$ZodBooleanInternals<boolean>> {}
export interface ZodUnknown extends Kind<core.$ZodUnknownInternals> {}
export interface ZodUndefined extends Kind<core.$ZodUndefinedInternals> {}
export interface ZodEnum<T extends core.util.EnumLike> extends Kind<core.$ZodEnumInternals<T>> {}
export interface ZodLiteral<T extends core.util.Literal> extends Kind<core.$ZodLiteralInternals<T>> {}
export interface ZodArray<T extends core.SomeType> extends Kind<core.$ZodArrayInternals<T>>, Bounded {}
export interface ZodRecord<K extends core.$ZodRecordKey, V extends core.SomeType> extends Kind<
  core.$ZodRecordInternals<K, V>
> {}
export type ZodRawShape = core.$ZodShape;
export interface ZodObject<
  Shape extends core.$ZodShape = core.$ZodShape,
  Config extends core.$ZodObjectConfig = core.$strip,
> extends Kind<core.$ZodObjectInternals<Shape, Config>> {
  readonly shape: Shape;
  omit<M extends core.util.Mask<keyof Shape>>(
    mask: M,
  ): ZodObject<core.util.Flatten<Omit<Shape, Extract<keyof Shape, keyof M>>>, Config>;
}
export interface ZodUnion<T extends readonly core.SomeType[]> extends Kind<core.$ZodUnionInternals<T>> {}
export interface ZodDiscriminatedUnion<T extends readonly core.SomeType[], D extends string> extends Kind<
  core.$ZodDiscriminatedUnionInternals<T, D>
> {}
export interface ZodOptional<T extends core.SomeType> extends Kind<core.$ZodOptionalInternals<T>> {}
export interface ZodDefault<T extends core.SomeType> extends Kind<core.$ZodDefaultInternals<T>> {}
export interface ZodPreprocess<T extends core.SomeType> extends Kind<core.$ZodPreprocessInternals<T>> {}

const Type: core.$constructor<ZodType> = core.$constructor<ZodType>(
  'ZodType',
  (inst, def) => core.$ZodType.init(inst, def),
  {
    get description() {
      return core.globalRegistry.get(this)?.description;
    },
    describe(description) {
      const copy = core.clone(this);
      core.globalRegistry.add(copy, { description });
      return copy;
    },
    optional() {
      return made(Optional, { type: 'optional', innerType: this });
    },
    default(defaultValue) {
      return made(Default, { type: 'default', innerType: this, defaultValue });
    },
    refine(holds, params) {
      return checked(this, core._refine(core.$ZodCustom, holds, params));
    },
    parse(data) {
      return core.parse(this, data);
    },
    safeParse(data) {
      return core.safeParse(this, data);
    },
  },
);

type Members<S extends core.$ZodType> = NonNullable<Parameters<typeof core.$constructor<S>>[2]>;

/** One of zod's kinds, with the methods of all kinds and those of its own. */
function kind<S extends ZodType>(
  name: string,
  init: (inst: S, def: S['_zod']['def']) => void,
  members?: Members<S>,
): core.$constructor<S> {
  return core.$constructor<S>(
    name,
    (inst, def) => {
      init(inst, def);
      Type.init(inst, def);
    },
    members,
  );
}

/** zod's constructors forget the types of the schemas that they are given. */
function made<S extends core.$ZodType>(constructor: new (def: never) => core.$ZodType, def: S['_zod']['def']): S {
  return new constructor(def as never) as S;
}

function checked<S extends core.$ZodType>(schema: S, check: core.$ZodCheck<never>): S {
  const { def } = schema._zod;
  return core.clone(schema, { ...def, checks: [...(def.checks ?? []), check] }, { parent: true });
}

const String = kind<ZodString>('ZodString', core.$ZodString.init, {
  min(least) {
    return checked(this, core._minLength(least));
  },
  max(most) {
    return checked(this, core._maxLength(most));
  },
  regex(pattern) {
    return checked(this, core._regex(pattern));
  },
});
const Number = kind<ZodNumber>('ZodNumber', core.$ZodNumber.init);
const Int = kind<ZodInt>('ZodInt', core.$ZodNumberFormat.init, {
  min(least) {
    return checked(this, core._gte(least));
  },
  max(most) {
    return checked(this, core._lte(most));
  },
});
const Boolean = kind<ZodBoolean>('ZodBoolean', core.$ZodBoolean.init);
const Unknown = kind<ZodUnknown>('ZodUnknown', core.$ZodUnknown.init);
const Undefined = kind<ZodUndefined>('ZodUndefined', core.$ZodUndefined.init);
const Enum = kind<ZodEnum<core.util.EnumLike>>('ZodEnum', core.$ZodEnum.init);
const Literal = kind<ZodLiteral<core.util.Literal>>('ZodLiteral', core.$ZodLiteral.init);
const List = kind<ZodArray<core.$ZodType>>('ZodArray', core.$ZodArray.init, {
  min(least) {
    return checked(this, core._minLength(least));
  },
  max(most) {
    return checked(this, core._maxLength(most));
  },
});
const Record = kind<ZodRecord<core.$ZodRecordKey, core.$ZodType>>('ZodRecord', core.$ZodRecord.init);
const Map = kind<ZodObject>('ZodObject', core.$ZodObject.init, {
  get shape() {
    return this._zod.def.shape;
  },
  omit(mask) {
    return core.util.omit(this, mask);
  },
});
const Union = kind<ZodUnion<readonly core.$ZodType[]>>('ZodUnion', core.$ZodUnion.init);
const DiscriminatedUnion = kind<ZodDiscriminatedUnion<readonly core.$ZodType[], string>>(
  'ZodDiscriminatedUnion',
  core.$ZodDiscriminatedUnion.init,
);
const Optional = kind<ZodOptional<core.$ZodType>>('ZodOptional', core.$ZodOptional.init);
const Default = kind<ZodDefault<core.$ZodType>>('ZodDefault', core.$ZodDefault.init);
const Preprocess = kind<ZodPreprocess<core.$ZodType>>('ZodPreprocess', core.$ZodPreprocess.init);

export function string(): ZodString {
  return new String({ type: 'string' });
}

export function number(): ZodNumber {
  return new Number({ type: 'number', checks: [] });
}

/** A whole number that is exact as a double. */
export function int(): ZodInt {
  return core._int(Int);
}

export function boolean(): ZodBoolean {
  return new Boolean({ type: 'boolean' });
}

export function unknown(): ZodUnknown {
  return new Unknown({ type: 'unknown' });
}

function undefinedOnly(): ZodUndefined {
  return new Undefined({ type: 'undefined' });
}

function enumOf<const T extends readonly string[]>(values: T): ZodEnum<core.util.ToEnum<T[number]>> {
  const entries = Object.fromEntries(values.map((value) => [value, value])) as core.util.ToEnum<T[number]>;
  return made(Enum, { type: 'enum', entries });
}

export { enumOf as enum, undefinedOnly as undefined };

export function literal<const T extends core.util.Literal>(value: T): ZodLiteral<T> {
  return made(Literal, { type: 'literal', values: [value] });
}

export function array<T extends core.SomeType>(element: T): ZodArray<T> {
  return made(List, { type: 'array', element });
}

export function record<K extends core.$ZodRecordKey, V extends core.SomeType>(keyType: K, valueType: V) {
  return made<ZodRecord<K, V>>(Record, { type: 'record', keyType, valueType });
}

export function object<T extends core.$ZodLooseShape>(shape: T): ZodObject<core.util.Writeable<T>> {
  return made(Map, { type: 'object', shape });
}

/** A map that may have other members too. */
export function looseObject<T extends core.$ZodLooseShape>(shape: T): ZodObject<core.util.Writeable<T>, core.$loose> {
  return made(Map, { type: 'object', shape, catchall: unknown() });
}

export function union<const T extends readonly core.SomeType[]>(options: T): ZodUnion<T> {
  return made(Union, { type: 'union', options });
}

export function discriminatedUnion<
  D extends string,
  T extends readonly [core.$ZodTypeDiscriminable, ...core.$ZodTypeDiscriminable[]],
>(discriminator: D, options: T): ZodDiscriminatedUnion<T, D> {
  return made(DiscriminatedUnion, { type: 'union', options, discriminator });
}

/** What `convert` makes of a value must be what the schema wants. */
export function preprocess<T extends core.SomeType>(convert: (value: unknown) => unknown, schema: T): ZodPreprocess<T> {
  const conversion = new core.$ZodTransform({ type: 'transform', transform: convert });
  return made(Preprocess, { type: 'pipe', in: conversion, out: schema });
}
