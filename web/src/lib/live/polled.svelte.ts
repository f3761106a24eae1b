/** A value that is loaded, and loaded again every so often while the tab is in sight. */

export class Polled<T> {
  value = $state.raw<T>();
  error = $state.raw<unknown>();
  loading = $state(false);
  #load: () => Promise<T>;
  #turn = 0;

  /** Must be made while a component is set up: it stops with that component. `load` may read reactive values; a change
   *  of one loads at once. */
  constructor(load: () => Promise<T>, everyMs?: number) {
    this.#load = load;
    $effect(() => {
      void this.refresh();
    });
    $effect(() => {
      if (everyMs === undefined) return;
      const timer = setInterval(() => {
        if (document.visibilityState === 'visible') void this.refresh();
      }, everyMs);
      return () => clearInterval(timer);
    });
  }

  /** The last answer wins only if nothing newer was asked; a failure keeps the value that is shown. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    const answer = this.#load();
    this.loading = true;
    try {
      const value = await answer;
      if (turn !== this.#turn) return;
      this.value = value;
      this.error = undefined;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }
}
