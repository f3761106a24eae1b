/** A single-page app: the Worker serves one document and the pages run in the browser. */
export const ssr = false;
export const prerender = false;
