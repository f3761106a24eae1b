/** Folder and file as one absolute path of a namespace, without empty parts. */
export function filePath(...parts: string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;
}
