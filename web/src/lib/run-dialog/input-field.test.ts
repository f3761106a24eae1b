import { render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import type { InputView } from '../api/flows.ts';
import { fieldsOf } from './form-model.ts';
import InputField from './input-field.svelte';

function show(input: Partial<InputView>, error?: string): void {
  const [field] = fieldsOf([{ id: 'count', type: 'INT', ...input }]);
  if (!field) throw new Error('no field');
  render(InputField, { field, error, value: '' });
}

test('what is wrong is read together with the control', () => {
  show({ description: 'How many rows' }, 'must be at most 10');
  const control = screen.getByLabelText(/count/);
  expect(control.getAttribute('aria-invalid')).toBe('true');
  const described = (control.getAttribute('aria-describedby') ?? '').split(' ');
  const texts = described.map((id) => document.getElementById(id)?.textContent);
  expect(texts).toEqual(['How many rows', 'must be at most 10']);
});

test('a choice offers its values', () => {
  show({ type: 'SELECT', values: ['dev', 'prod'], required: false });
  expect(screen.getAllByRole('option').map(({ textContent }) => textContent)).toEqual(['Not set', 'dev', 'prod']);
});

test('a secret is not shown while it is typed', () => {
  show({ type: 'SECRET' });
  expect(screen.getByLabelText(/count/).getAttribute('type')).toBe('password');
});
