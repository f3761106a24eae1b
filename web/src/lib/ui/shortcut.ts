/** Keyboard shortcuts: what they are called here, and when a key belongs to the text being typed. */

const isApple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** `⌘S` or `Ctrl S`. */
export function commandKey(letter: string): string {
  return isApple ? `⌘${letter}` : `Ctrl ${letter}`;
}

export function isCommand(event: KeyboardEvent, letter: string): boolean {
  return (event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === letter;
}

export function isTyping(event: KeyboardEvent): boolean {
  return event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]') !== null;
}
