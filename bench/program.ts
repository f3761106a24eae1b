/** Something that measures. */
export interface Program {
  title: string;
  run(bench: Bench): Promise<void>;
}

export interface Bench {
  rounds: number;
  /** A figure: one line of JSON on the standard output. */
  print(figure: Readonly<Record<string, unknown>>): void;
  /** What a person who waits likes to know, on the standard error output. */
  say(text: string): void;
}
