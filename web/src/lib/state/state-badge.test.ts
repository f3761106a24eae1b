import { render, screen } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import { STATES } from '../../../../worker/src/protocol/states.ts';
import StateBadge from './state-badge.svelte';
import { lookOf } from './state-look.ts';

test.each(STATES)('%s is shown by colour, icon and word together', (state) => {
  const { container } = render(StateBadge, { state });
  expect(screen.getByText(lookOf(state).word)).toBeTruthy();
  expect(container.querySelector('svg')).not.toBeNull();
  expect(container.firstElementChild?.className).toContain(`tone-${lookOf(state).tone}`);
});
