/** The API about itself: its OpenAPI document, and that as a page. Mounted under /api/v1. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { GlobalEnv } from '../middleware/context.ts';
import { open } from '../middleware/permission.ts';
import { routes } from '../middleware/validation.ts';
import { describeApi } from '../openapi/document.ts';
import { docsPage } from '../openapi/docs-page.ts';

/** `app` is the whole app, which these routes are a part of. */
export function documentRoutes(app: OpenAPIHono<GlobalEnv>) {
  const described = once(() => describeApi(app));
  const text = once(() => JSON.stringify(described()));
  const page = once(() => docsPage(described()));

  const documents = routes<GlobalEnv>();
  documents.get('/openapi.json', open(), (c) =>
    c.body(text(), 200, { 'Content-Type': 'application/json', 'Cache-Control': 'max-age=300' }),
  );
  documents.get('/docs', open(), (c) =>
    c.html(page(), 200, {
      // The page has no script and loads nothing.
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'max-age=300',
    }),
  );
  return documents;
}

/** The document is made when somebody first asks for it: a Worker starts without. */
function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
