/** The name of the dashboard's cookie. Browsers take a `__Host-` cookie only from this very host, over TLS and for `/`: no
 *  sibling domain can plant one. Plain HTTP (one's own machine) has to do without. */
export function sessionCookie(isSecure: boolean): string {
  return isSecure ? '__Host-rondo_session' : 'rondo_session';
}
