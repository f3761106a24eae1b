/** A text as it may stand in an address or a path. */
export function slugify(text: string): string {
  return text
    .replaceAll(/\s/g, '-')
    .normalize('NFD')
    .replaceAll(/[^\w-]/g, '')
    .replaceAll(/[_-]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .toLowerCase();
}
