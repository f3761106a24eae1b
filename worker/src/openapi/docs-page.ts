/** The OpenAPI document as one page of plain HTML: it needs no script, and nothing of another host. */
import type { OpenApiDocument } from './document.ts';

export function docsPage(document: OpenApiDocument): string {
  const operations = operationsOf(document);
  const byTag = Map.groupBy(operations, ({ tags: [tag = ''] = [] }) => tag);
  const tags = [...byTag].toSorted(([a], [b]) => a.localeCompare(b));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(document.info.title)} API</title>
<style>${STYLE}</style>
<header><h1>${escape(document.info.title)} API</h1><p>${prose(document.info.description ?? '')}</p>
<p><a href="openapi.json">openapi.json</a> holds the same for programs.</p></header>
<nav>${tags.map(([tag, { length }]) => `<a href="#${anchor(tag)}">${escape(tag)} <small>${length}</small></a>`).join('')}</nav>
<main>${tags.map(([tag, inside]) => section(tag, inside)).join('')}
<section><h2 id="schemas">Schemas</h2>${Object.entries(document.components?.schemas ?? {})
    .map(
      ([name, schema]) =>
        `<details id="schema-${anchor(name)}"><summary>${escape(name)}</summary>${json(schema)}</details>`,
    )
    .join('')}</section></main>
</html>`;
}

type Operation = NonNullable<NonNullable<OpenApiDocument['paths']>[string]['get']> & { method: string; path: string };

function operationsOf(document: OpenApiDocument): Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    (['get', 'post', 'put', 'patch', 'delete'] as const).flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [{ ...operation, method: method.toUpperCase(), path }];
    }),
  );
}

function section(tag: string, operations: Operation[]): string {
  return `<section><h2 id="${anchor(tag)}">${escape(tag)}</h2>${operations.map(operationHtml).join('')}</section>`;
}

function operationHtml(operation: Operation): string {
  const {
    method,
    path,
    operationId = '',
    summary = '',
    deprecated,
    requestBody,
    parameters = [],
    responses = {},
  } = operation;
  const permissions = operation['x-permission'] as string[] | undefined;
  return `<details id="${anchor(operationId)}"><summary><b class="${method}">${method}</b> <code>${escape(path)}</code> ${
    deprecated === true ? '<i>older path</i> ' : ''
  }<span>${escape(summary)}</span></summary>
<dl><dt>Operation</dt><dd><code>${escape(operationId)}</code></dd>
<dt>Who</dt><dd>${escape((permissions ?? []).join(', '))}</dd>
${parameters.length === 0 ? '' : `<dt>Parameters</dt><dd>${json(parameters)}</dd>`}
${requestBody === undefined ? '' : `<dt>Body</dt><dd>${json(requestBody)}</dd>`}
${Object.entries(responses)
  .map(([status, { description, content }]: [string, { description?: string; content?: unknown }]) => {
    const isError = Number(status) >= 400;
    return `<dt>${escape(status)}</dt><dd>${prose(description ?? '')}${isError || content === undefined ? '' : json(content)}</dd>`;
  })
  .join('')}</dl></details>`;
}

function json(value: unknown): string {
  return `<pre>${escape(JSON.stringify(value, null, 1))}</pre>`;
}

/** Text whose only markup is code between backquotes. */
function prose(text: string): string {
  return escape(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function anchor(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]+/g, '-');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 0 auto; padding: 2rem 1rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 1rem 0 2rem; }
summary { cursor: pointer; padding: .3rem 0; overflow-wrap: anywhere; }
summary b { display: inline-block; min-width: 4.5rem; font-size: .8rem; }
summary span { opacity: .75; }
code, pre { font: .85rem/1.45 ui-monospace, monospace; }
pre { overflow: auto; max-height: 24rem; padding: .5rem; border: 1px solid #8884; border-radius: .4rem; }
dl { margin: .25rem 0 1rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem; }
.GET { color: #2563eb; } .POST { color: #15803d; } .PUT, .PATCH { color: #b45309; } .DELETE { color: #dc2626; }
`;
