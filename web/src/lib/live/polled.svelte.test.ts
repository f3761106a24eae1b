import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import { Polled } from './polled.svelte.ts';

/** Answers when it is told to, in whatever order. */
function answers() {
  const waiting: ((value: string) => void)[] = [];
  return {
    load: () => new Promise<string>((resolve) => waiting.push(resolve)),
    answer: async (turn: number, value: string) => {
      waiting[turn]?.(value);
      await Promise.resolve();
      await Promise.resolve();
    },
    get asked() {
      return waiting.length;
    },
  };
}

test('a late answer to an old question never replaces a newer one', async () => {
  const server = answers();
  let polled: Polled<string> | undefined;
  const end = $effect.root(() => {
    polled = new Polled(server.load);
  });
  flushSync();
  void polled?.refresh();
  await server.answer(1, 'new');
  await server.answer(0, 'old');
  expect(polled?.value).toBe('new');
  end();
});

test('what the question reads makes it ask again when it changes', () => {
  const server = answers();
  let name = $state('a');
  let polled: Polled<string> | undefined;
  const end = $effect.root(() => {
    polled = new Polled(() => {
      void name;
      return server.load();
    });
  });
  flushSync();
  expect(server.asked).toBe(1);
  name = 'b';
  flushSync();
  expect(server.asked).toBe(2);
  expect(polled?.loading).toBe(true);
  end();
});

test('a failure keeps the value that is shown', async () => {
  let fails = false;
  let polled: Polled<string> | undefined;
  const end = $effect.root(() => {
    polled = new Polled(async () => {
      if (fails) throw new Error('no connection');
      return 'value';
    });
  });
  flushSync();
  await polled?.refresh();
  fails = true;
  await polled?.refresh();
  expect(polled?.value).toBe('value');
  expect(polled?.error).toMatchObject({ message: 'no connection' });
  end();
});
