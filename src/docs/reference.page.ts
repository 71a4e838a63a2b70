import type { OpenAPIObject } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';

import { type Operation, operationsOf, type Parameter } from '../openapi';
import { curlOf, type DocumentedOperation } from './curl';
import { html, type Html } from './html';
import { anchorOf, renderInline, renderMarkdown } from './markdown';
import type { Page } from './page';
import { type JsonSchema, renderFields, renderList, type Schemas } from './schema-view';

interface Section {
  readonly name: string;
  readonly description: string | undefined;
  readonly operations: readonly DocumentedOperation[];
}

/** The whole API on one page, so that the browser's own search finds everything in it. */
export function referencePage(document: OpenAPIObject, publicUrl: string): Page {
  const schemas = (document.components?.schemas ?? {}) as Schemas;
  const sections = sectionsOf(document);
  return {
    title: 'API reference',
    description: 'Every endpoint with its scopes, parameters, bodies and answers.',
    path: '/docs',
    contents: html`<ul>
      ${sections.map(renderContents)}
    </ul>`,
    body: html`<h1>API reference</h1>
      <div class="intro">${renderMarkdown(document.info.description ?? '')}</div>
      <p>The address of this service is <code>${publicUrl}</code>. The examples read the key from <code>$KEYSTILE_KEY</code>.</p>
      ${sections.map((section) => renderSection(section, publicUrl, schemas))}`,
  };
}

function sectionsOf(document: OpenAPIObject): Section[] {
  const all = Object.entries(document.paths).flatMap(([path, item]) =>
    operationsOf(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return (document.tags ?? []).map(({ name, description }) => ({
    name,
    description,
    operations: all.filter(({ operation }) => operation.tags?.[0] === name),
  }));
}

/** `revokeCurrentApiKey` as “Revoke current API key”. */
function titleOf(operationId: string): string {
  const words = operationId.replace(/([A-Z])/g, ' $1').toLowerCase();
  const title = words.replace(/\b(?:api|sms)\b/g, (word) => word.toUpperCase()).replace('whatsapp', 'WhatsApp');
  return title.charAt(0).toUpperCase() + title.slice(1);
}

const renderContents = ({ name, operations }: Section): Html =>
  html`<li>
    <a href="#${anchorOf(name)}">${name}</a>
    <ul>
      ${operations.map(
        ({ method, path, operation }) =>
          html`<li><a href="#${operation.operationId}" title="${method} ${path}">${titleOf(operation.operationId ?? '')}</a></li>`,
      )}
    </ul>
  </li>`;

const renderSection = ({ name, description, operations }: Section, publicUrl: string, schemas: Schemas): Html =>
  html`<section aria-labelledby="${anchorOf(name)}">
    <h2 id="${anchorOf(name)}">${name}</h2>
    ${description && html`<p class="lead">${renderInline(description)}</p>`}
    ${operations.map((operation) => renderOperation(operation, publicUrl, schemas))}
  </section>`;

function renderOperation(documented: DocumentedOperation, publicUrl: string, schemas: Schemas): Html {
  const { method, path, operation } = documented;
  return html`<article class="operation" id="${operation.operationId}">
    <h3>
      <a href="#${operation.operationId}"><span class="method ${method.toLowerCase()}">${method}</span> <code>${breakable(path)}</code></a>
    </h3>
    <div class="columns">
      <div>
        <p class="summary">${renderInline(operation.summary ?? '')}</p>
        ${operation.description && html`<div class="scopes">${renderMarkdown(operation.description)}</div>`}
        ${renderParameters(operation, schemas)} ${renderBody(operation, schemas)} ${renderAnswers(operation, schemas)}
      </div>
      <pre class="example" tabindex="0"><code>${curlOf(documented, publicUrl, schemas)}</code></pre>
    </div>
  </article>`;
}

/** A long path may go on in the next line after a slash. */
const breakable = (path: string): Html[] => path.split('/').flatMap((part, i) => (i === 0 ? [html`${part}`] : [html`/<wbr />${part}`]));

function renderParameters({ parameters = [] }: Operation, schemas: Schemas): Html | undefined {
  const named = parameters.filter((parameter): parameter is Parameter => 'name' in parameter);
  if (named.length === 0) return undefined;
  const fields = named.map(({ name, in: place, required = false, description, schema }) => ({
    name,
    schema: { ...(schema as JsonSchema), description },
    isRequired: required,
    place: PLACES[place],
  }));
  return html`<h4>Parameters</h4>
    ${renderList(fields, schemas)}`;
}

const PLACES: Readonly<Record<string, string>> = {
  path: 'in the path',
  query: 'in the query',
  header: 'as a header',
  cookie: 'as a cookie',
};

function renderBody({ requestBody }: Operation, schemas: Schemas): Html | undefined {
  if (!requestBody || !('content' in requestBody)) return undefined;
  const [[mediaType, { schema = {} }] = ['', {}]] = Object.entries(requestBody.content);
  return html`<h4>Body <span class="type">${mediaType}</span></h4>
    ${renderFields(schema as JsonSchema, schemas) ?? html`<p class="limits">An object without required fields.</p>`}`;
}

function renderAnswers({ responses }: Operation, schemas: Schemas): Html {
  const good = Object.entries(responses).filter(([status]) => Number(status) < 400);
  const refusals = Object.keys(responses).filter((status) => Number(status) >= 400);
  return html`<h4>Answers</h4>
    ${good.map(([status, response]) => renderAnswer(status, response as { content?: Record<string, { schema?: JsonSchema }> }, schemas))}
    ${
      refusals.length > 0 &&
      html`<p class="refusals">
        Refusals: ${refusals.map((status) => html`<a href="/docs/errors#status-${status}" title="${STATUS_CODES[status]}">${status}</a> `)}
      </p>`
    }`;
}

function renderAnswer(status: string, { content = {} }: { content?: Record<string, { schema?: JsonSchema }> }, schemas: Schemas): Html {
  const [[mediaType, { schema }] = ['', {}]] = Object.entries(content);
  const fields = schema && renderFields(schema, schemas);
  const title = html`<strong>${status}</strong> ${STATUS_CODES[status]} <span class="type">${mediaType}</span>`;
  return fields
    ? html`<details>
        <summary>${title}</summary>
        ${fields}
      </details>`
    : html`<p>${title}</p>`;
}
