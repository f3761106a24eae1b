/** Answers in the order of the items; a few at a time, so that a large namespace is no flood. */
const LANES = 8;

/** After a failure nothing new is begun, and the failure is told when nothing is under way any more. */
export async function inParallel<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) answers[index] = await ask(item);
    }
  };
  const stopAll = (error: unknown): never => {
    next = items.length;
    throw error;
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, () => lane().catch(stopAll)));
  for (const outcome of lanes) if (outcome.status === 'rejected') throw outcome.reason;
  return answers;
}
