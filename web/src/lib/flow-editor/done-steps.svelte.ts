/** Which first steps are done; it survives a reload. */

const KEY = 'rondo.first-steps';

export type FirstStep = 'run' | 'change' | 'schedule';

export class DoneSteps {
  #names = $state.raw<readonly string[]>(stored());

  get dismissed(): boolean {
    return this.#names.includes('dismissed');
  }

  has(step: FirstStep): boolean {
    return this.#names.includes(step);
  }

  add(step: FirstStep): void {
    this.#keep(step);
  }

  dismiss(): void {
    this.#keep('dismissed');
  }

  #keep(name: string): void {
    if (this.#names.includes(name)) return;
    this.#names = [...this.#names, name];
    localStorage.setItem(KEY, this.#names.join(' '));
  }
}

function stored(): string[] {
  return (localStorage.getItem(KEY) ?? '').split(' ').filter((name) => name !== '');
}
