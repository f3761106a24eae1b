import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import JsonTree from './json-tree.svelte';

const copyText = (path: readonly (string | number)[]) => path.join('/');

test('a level opens when it is asked for, and every place can be copied', async () => {
  render(JsonTree, { name: 'fetch', value: { rows: [{ id: 1 }] }, path: ['outputs', 'fetch'], copyText });
  await fireEvent.click(screen.getByRole('button', { name: /^fetch/ }));
  await fireEvent.click(screen.getByRole('button', { name: /^rows/ }));
  await fireEvent.click(screen.getByRole('button', { name: /^0 / }));
  expect(screen.getByRole('button', { name: 'Copy outputs/fetch/rows/0/id' })).toBeTruthy();
});

test('a long list is shown in portions', async () => {
  const value = Array.from({ length: 500 }, (_, n) => `item ${n}`);
  render(JsonTree, { name: 'list', value, path: ['list'], copyText, open: true });
  expect(screen.queryByText('item 49')).not.toBeNull();
  expect(screen.queryByText('item 50')).toBeNull();
  await fireEvent.click(screen.getByRole('button', { name: /Show more/ }));
  expect(screen.queryByText('item 249')).not.toBeNull();
});

test('numbers keep every digit', () => {
  render(JsonTree, { name: 'big', value: 12345678901234567890n, path: ['big'], copyText });
  expect(screen.queryByText('12345678901234567890')).not.toBeNull();
});
