/** Deletes all that an object holds, and ends it once it has answered: what it had under way must not write any more. */
export async function eraseObject(ctx: DurableObjectState): Promise<void> {
  await ctx.storage.deleteAlarm();
  await ctx.storage.deleteAll();
  await ctx.storage.sync();
  setTimeout(() => ctx.abort('its tenant is deleted'), 0);
}
