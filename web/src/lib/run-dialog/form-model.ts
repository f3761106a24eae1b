/** The form of a flow's inputs: which control each input gets, what it begins with, what is sent and what was wrong. */
import { Decimal, stringifyJson, type Json } from '../../../../worker/src/protocol/json.ts';
import type { ErrorDetail } from '../../../../worker/src/errors.ts';
import type { InputView } from '../api/flows.ts';

export type Control =
  | 'text'
  | 'number'
  | 'toggle'
  | 'choice'
  | 'choices'
  | 'file'
  | 'block'
  | 'secret'
  | 'date'
  | 'time'
  | 'datetime'
  | 'email'
  | 'url';

export interface FormField {
  id: string;
  label: string;
  hint?: string;
  control: Control;
  required: boolean;
  options: string[];
  custom: boolean;
  input: InputView;
}

/** A text as the control holds it, a list of chosen ones, or a file. */
export type FieldValue = string | string[] | File | undefined;

export function fieldsOf(inputs: readonly InputView[]): FormField[] {
  return inputs.map((input) => ({
    id: input.id,
    label: input.displayName ?? input.id,
    hint: hintOf(input),
    control: controlOf(input),
    required: (input.required ?? true) && input.defaults === undefined,
    options: (input.values ?? input.options ?? []).map(textOf),
    custom: input.allowCustomValue ?? false,
    input,
  }));
}

function controlOf({ type }: InputView): Control {
  switch (type) {
    case 'INT':
    case 'FLOAT':
      return 'number';
    case 'BOOL':
    case 'BOOLEAN':
      return 'toggle';
    case 'SELECT':
    case 'ENUM':
      return 'choice';
    case 'MULTISELECT':
      return 'choices';
    case 'FILE':
      return 'file';
    case 'JSON':
    case 'YAML':
    case 'ARRAY':
    case 'FORM':
      return 'block';
    case 'SECRET':
      return 'secret';
    case 'DATE':
      return 'date';
    case 'TIME':
      return 'time';
    case 'DATETIME':
      return 'datetime';
    case 'EMAIL':
      return 'email';
    case 'URI':
      return 'url';
    default:
      return 'text';
  }
}

/** What the author wrote about it, and the bounds that the API will hold it to. */
function hintOf({ type, description, min, max, after, before, validator, itemType }: InputView): string | undefined {
  const lines = [
    description,
    min !== undefined || max !== undefined ? bounds(min, max) : undefined,
    after !== undefined || before !== undefined ? bounds(after, before) : undefined,
    validator === undefined ? undefined : `Must match ${validator}`,
    type === 'DURATION' ? 'An ISO duration such as PT5M or P1D' : undefined,
    type === 'ARRAY' ? `A JSON list${itemType === undefined ? '' : ` of ${itemType}`}` : undefined,
  ];
  return lines.filter((line) => line !== undefined).join('\n') || undefined;
}

function bounds(min: number | string | undefined, max: number | string | undefined): string {
  if (min === undefined) return `At most ${max}`;
  if (max === undefined) return `At least ${min}`;
  return `From ${min} to ${max}`;
}

export function initialValue({ control, options, required, input }: FormField): FieldValue {
  const value = input.prefill ?? input.defaults;
  if (control === 'file') return undefined;
  if (control === 'choices') return Array.isArray(value) ? value.map(textOf) : [];
  if (value === undefined || value === null) return control === 'choice' && required ? (options[0] ?? '') : '';
  const text = textOf(value);
  // An expression is a default that only the server can render: an empty control leaves it to the server.
  if (text.includes('{{')) return '';
  return control === 'datetime' ? localMoment(text) : text;
}

/** `datetime-local` wants the local time without a zone. */
function localMoment(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The multipart body: a part for each input that has a value; an empty one is left to its default. */
export function toFormData(fields: readonly FormField[], values: Readonly<Record<string, FieldValue>>): FormData {
  const form = new FormData();
  for (const { id, control } of fields) {
    const value = values[id];
    if (value instanceof File) form.append(id, value, value.name);
    else if (Array.isArray(value)) {
      if (value.length > 0) form.append(id, JSON.stringify(value));
    } else if (value !== undefined && value !== '') {
      form.append(id, control === 'datetime' ? new Date(value).toISOString() : value);
    }
  }
  return form;
}

export interface FormFaults {
  byField: Record<string, string>;
  /** Those that belong to no field. */
  others: string[];
}

/** Puts what the API found wrong beside the fields it is about. */
export function faultsOf(fields: readonly FormField[], errors: readonly ErrorDetail[]): FormFaults {
  const byField: Record<string, string> = {};
  const others: string[] = [];
  for (const { pointer, detail } of errors) {
    const name = pointer?.replace(/^[/.]?(inputs[./])?/, '').replaceAll('/', '.');
    const field = fields.find(({ id }) => id === name || (name ?? '').startsWith(`${id}[`));
    if (field) byField[field.id] = byField[field.id] === undefined ? detail : `${byField[field.id]}\n${detail}`;
    else others.push(detail);
  }
  return { byField, others };
}

function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && !(value instanceof Decimal) ? stringifyJson(value, 2) : String(value);
}
