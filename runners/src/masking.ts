/** Hides secrets in text that leaves the runner. One automaton (Aho–Corasick) finds every form of every secret in a single
 *  pass, also where a secret is split between two pieces of a stream. Pure. */

export const MASK = '******';

/** Shorter ones would hide half of any log; the caller warns about them. */
export const SECRET_CHARS_MIN = 6;

interface Node {
  next: Map<string, Node>;
  /** The longest proper suffix of this node's text that some pattern starts with. */
  fallback: Node | null;
  depth: number;
  /** Length of the longest pattern that ends here, directly or through fallbacks. */
  match: number;
}

/** Where in the text something must be hidden: from, to. */
type Span = [number, number];

export class Masker {
  readonly #root: Node = newNode(0);

  constructor(secrets: Iterable<string>) {
    for (const secret of secrets) for (const form of formsOf(secret)) this.#add(form);
    this.#link();
  }

  /** Hides the secrets in a text that is complete. */
  mask(text: string): string {
    const stream = this.stream();
    return stream.push(text) + stream.end();
  }

  /** For a text that comes in pieces. */
  stream(): MaskStream {
    return new MaskStream(this.#root);
  }

  #add(pattern: string): void {
    let node = this.#root;
    for (const unit of pattern.split('')) {
      let next = node.next.get(unit);
      if (next === undefined) {
        next = newNode(node.depth + 1);
        node.next.set(unit, next);
      }
      node = next;
    }
    node.match = node.depth;
  }

  /** Breadth first, so that a node's fallback, which is shorter, is ready before it. */
  #link(): void {
    const queue: Node[] = [this.#root];
    for (const node of queue) {
      for (const [unit, child] of node.next) {
        child.fallback = node === this.#root ? this.#root : step(node.fallback ?? this.#root, unit);
        child.match ||= child.fallback.match;
        queue.push(child);
      }
    }
  }
}

/** Gives text back as soon as no secret can begin in it. */
export class MaskStream {
  #node: Node;
  #held = '';
  /** In `#held`; sorted and apart from each other. */
  #spans: Span[] = [];

  constructor(root: Node) {
    this.#node = root;
  }

  push(piece: string): string {
    const start = this.#held.length;
    this.#held += piece;
    for (let n = start; n < this.#held.length; n++) {
      this.#node = step(this.#node, this.#held.charAt(n));
      if (this.#node.match > 0) this.#hide(n + 1 - this.#node.match, n + 1);
    }
    return this.#release(this.#held.length - this.#node.depth);
  }

  end(): string {
    return this.#release(this.#held.length);
  }

  #hide(from: number, to: number): void {
    // A match can reach back over several earlier ones, and then they are one.
    for (let last = this.#spans.at(-1); last !== undefined && last[1] > from; last = this.#spans.at(-1)) {
      from = Math.min(from, last[0]);
      this.#spans.pop();
    }
    this.#spans.push([from, to]);
  }

  #release(end: number): string {
    const open = this.#spans.at(-1);
    // What is hidden at the very edge may grow with the next piece: it leaves in one.
    if (open !== undefined && open[1] > end) end = Math.min(end, open[0]);
    let text = '';
    let at = 0;
    for (const [from, to] of this.#spans.filter(([, to]) => to <= end)) {
      text += this.#held.slice(at, from) + MASK;
      at = to;
    }
    text += this.#held.slice(at, end);
    this.#spans = this.#spans.filter(([, to]) => to > end).map(([from, to]) => [from - end, to - end]);
    this.#held = this.#held.slice(end);
    return text;
  }
}

function newNode(depth: number): Node {
  return { next: new Map(), fallback: null, depth, match: 0 };
}

function step(node: Node, unit: string): Node {
  let from = node;
  for (;;) {
    const next = from.next.get(unit);
    if (next !== undefined) return next;
    if (from.fallback === null) return from;
    from = from.fallback;
  }
}

/** A secret as programs print it: raw, each long line of it, and encoded. */
export function formsOf(secret: string): Set<string> {
  const forms = new Set<string>();
  for (const text of [secret, secret.trim(), ...secret.split(/\r?\n/)]) {
    if (text.length < SECRET_CHARS_MIN) continue;
    const bytes = new TextEncoder().encode(text);
    const json = JSON.stringify(text).slice(1, -1);
    const url = percentEncoded(bytes);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    for (const form of [
      text,
      json,
      json.replaceAll('/', '\\/'),
      url,
      url.replaceAll('%20', '+'),
      hex,
      hex.toUpperCase(),
    ])
      forms.add(form);
    // Inside single quotes, as shells print it back, and inside double quotes.
    forms.add(text.replaceAll("'", `'\\''`));
    forms.add(text.replace(/(["$`\\])/g, '\\$1'));
    for (const form of base64Forms(bytes)) forms.add(form);
  }
  return forms;
}

/** In base64 a secret looks different at each of the three places where it may start in a longer text; only the characters
 *  that it alone decides are looked for. */
function base64Forms(bytes: Uint8Array): string[] {
  const forms: string[] = [];
  for (let offset = 0; offset < 3; offset++) {
    const shifted = new Uint8Array(offset + bytes.length);
    shifted.set(bytes, offset);
    const text = toBase64(shifted);
    const first = Math.ceil((offset * 4) / 3);
    const sure = text.slice(first, Math.floor((shifted.length * 4) / 3));
    if (sure.length < SECRET_CHARS_MIN) continue;
    forms.push(sure, sure.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return forms;
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Like encodeURIComponent, which refuses texts that are not well-formed. */
function percentEncoded(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9\-_.!~*'()]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}
