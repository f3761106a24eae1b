/** The extension of a stored file's URI, with its point; empty when it has none. */
export function extensionOf(uri: string): string {
  return /\.[A-Za-z0-9]{1,16}$/.exec(uri)?.[0] ?? '';
}

/** The name of a stored file without folders and extension. */
export function baseNameOf(uri: string): string {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  return name.slice(0, name.length - extensionOf(name).length) || 'file';
}
