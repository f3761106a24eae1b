/** Masking: a secret never leaves in a log. Its place is kept: as many characters as it had. */

/** Asterisks of the same length; from nine characters on the start says what happened. */
export function maskFor(secret: string): string {
  return secret.length < 9 ? '*'.repeat(secret.length) : '**masked*'.padEnd(secret.length, '*');
}

/** Replaces every secret in a text. Longer ones first: one may be a part of another. */
export function maskSecrets(text: string, secrets: Iterable<string>): string {
  let masked = text;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (secret !== '' && masked.includes(secret)) masked = masked.replaceAll(secret, () => maskFor(secret));
  }
  return masked;
}
