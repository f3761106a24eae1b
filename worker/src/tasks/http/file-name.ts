/** The name for a downloaded file: what the response calls it, else the end of its path; never more than a plain name. */
export function fileNameOf(response: Response, uri: string): string {
  const disposition = response.headers.get('content-disposition') ?? '';
  const encoded = /filename\*\s*=\s*(?:utf-8|iso-8859-1)?'[^']*'([^;]+)/i.exec(disposition)?.[1];
  const plain = /filename\s*=\s*(?:"([^"]*)"|([^;]+))/i.exec(disposition);
  const path = URL.parse(response.url || uri)?.pathname ?? '';
  const name = decoded(encoded) ?? plain?.[1] ?? plain?.[2] ?? decoded(path) ?? '';
  const safe = name
    .slice(name.replaceAll('\\', '/').lastIndexOf('/') + 1)
    .trim()
    .replace(/[^\w. ()-]/g, '_')
    .replace(/^\.+/, '');
  return safe === '' ? 'download' : safe.slice(-200);
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text;
  }
}
