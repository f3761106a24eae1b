/** Short notes in the corner: what was done, or what could not be. */

export interface Toast {
  id: number;
  kind: 'done' | 'error';
  text: string;
}

const SHOWN_MS = 5000;

class Toasts {
  list = $state<Toast[]>([]);
  #next = 0;

  done(text: string): void {
    this.#show('done', text);
  }

  error(text: string): void {
    this.#show('error', text);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #show(kind: Toast['kind'], text: string): void {
    const id = this.#next++;
    this.list = [...this.list.slice(-3), { id, kind, text }];
    // An error stays until it is read.
    if (kind === 'done') setTimeout(() => this.dismiss(id), SHOWN_MS);
  }
}

export const toasts = new Toasts();
