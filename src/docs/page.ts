import { html, type Html } from './html';
import { STYLESHEET_PATH } from './stylesheet';

export interface Page {
  readonly title: string;
  readonly description: string;
  readonly path: string;
  readonly body: Html;
  /** Stands beside the text on wide screens, above it on narrow ones. */
  readonly contents?: Html;
  /** The same page as Markdown. */
  readonly markdownPath?: string;
}

/**
 * Pages run nothing and load nothing but our own stylesheet. The favicon is `data:` so that browsers do not ask for one.
 */
export const PAGE_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGES = [
  { path: '/docs', name: 'API reference' },
  { path: '/docs/authentication', name: 'Authentication' },
  { path: '/docs/errors', name: 'Errors' },
  { path: '/docs/audit', name: 'Audit' },
] as const;

/** A whole document around the text of a page. */
export function renderPage({ title, description, path, body, contents, markdownPath }: Page): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="description" content="${description}" />
        <title>${title} · Keystile</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${STYLESHEET_PATH}" />
        ${markdownPath && html`<link rel="alternate" type="text/markdown" href="${markdownPath}" />`}
      </head>
      <body>
        <a class="skip" href="#content">Skip to the text</a>
        <header class="top">
          <a class="brand" href="/docs">Keystile</a>
          <nav aria-label="Documentation">
            ${PAGES.map((page) => html`<a href="${page.path}" ${page.path === path && html` aria-current="page"`}>${page.name}</a>`)}
            <a href="/openapi.json">OpenAPI</a>
            <a href="/api-management">Dashboard</a>
          </nav>
        </header>
        <div class="${contents ? 'with-contents' : 'plain'}">
          ${contents && html`<nav class="contents" aria-label="On this page">${contents}</nav>`}
          <main id="content">${body}</main>
        </div>
      </body>
    </html> `.text;
}
