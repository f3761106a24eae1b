/** The members of one cycle in `edges` (an id -> the ids it waits for), or undefined when there is none. */
export function findCycle(edges: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  for (const start of edges.keys()) {
    const trail: { id: string; next: number }[] = [{ id: start, next: 0 }];
    const onTrail = new Set<string>([start]);
    while (trail.length > 0) {
      const top = trail.at(-1);
      if (top === undefined) break;
      const neighbour = done.has(top.id) ? undefined : edges.get(top.id)?.[top.next++];
      if (neighbour === undefined) {
        done.add(top.id);
        onTrail.delete(top.id);
        trail.pop();
      } else if (onTrail.has(neighbour)) {
        const ids = trail.map((step) => step.id);
        return ids.slice(ids.indexOf(neighbour));
      } else if (!done.has(neighbour) && edges.has(neighbour)) {
        onTrail.add(neighbour);
        trail.push({ id: neighbour, next: 0 });
      }
    }
  }
  return undefined;
}
