import { STATUS_CODES } from 'node:http';

import { type ProblemCode, PROBLEMS } from '../common';
import { MEANINGS } from './error-meanings';
import { html, type Html } from './html';
import { renderInline } from './markdown';
import type { Page } from './page';

const CODES = Object.keys(PROBLEMS) as ProblemCode[];
const STATUSES = [...new Set(CODES.map((code) => PROBLEMS[code].status as number))].toSorted((a, b) => a - b);

const codesOf = (status: number): ProblemCode[] => CODES.filter((code) => PROBLEMS[code].status === status);

/** Every code, each under the anchor that `type` of its problem names. */
export const errorsPage = (): Page => ({
  title: 'Errors',
  description: 'Every error code: what it means and what to do about it.',
  path: '/docs/errors',
  contents: html`<ul>
    ${STATUSES.map(
      (status) =>
        html`<li>
          <a href="#status-${status}">${status} ${STATUS_CODES[status]}</a>
          <ul>
            ${codesOf(status).map((code) => html`<li><a href="#${code}">${code}</a></li>`)}
          </ul>
        </li>`,
    )}
  </ul>`,
  body: html`<h1>Errors</h1>
    <div class="intro">
      <p>
        Every refusal is a JSON object of type <code>application/problem+json</code> (RFC 9457). Programs match <code>code</code>, which
        never changes; <code>message</code> is the exact text listed here, with details after it where it ends in a list;
        <code>type</code> leads to this page.
      </p>
      <pre tabindex="0"><code>${EXAMPLE}</code></pre>
      <p>
        <code>requestId</code> is the <code>X-Request-Id</code> of the answer and the id of the call in the call log. A 401, and a 403 for
        want of a scope, carry <code>WWW-Authenticate</code> (RFC 6750); a 429 and a 503 say in <code>Retry-After</code> when to come back.
      </p>
    </div>
    ${STATUSES.map(
      (status) =>
        html`<section aria-labelledby="status-${status}">
          <h2 id="status-${status}">${status} ${STATUS_CODES[status]}</h2>
          ${codesOf(status).map(renderCode)}
        </section>`,
    )}`,
});

const EXAMPLE = JSON.stringify(
  {
    type: '/docs/errors#insufficient_scope',
    title: STATUS_CODES[PROBLEMS.insufficient_scope.status],
    status: PROBLEMS.insufficient_scope.status,
    code: 'insufficient_scope',
    message: 'Insufficient scope: requires send_sms',
    detail: PROBLEMS.insufficient_scope.detail,
    requestId: 'req_06fd1s3k2800027z5k8q2v4b7m',
    requiredScopes: ['send_sms'],
  },
  null,
  2,
);

const renderCode = (code: ProblemCode): Html =>
  html`<article class="problem" id="${code}">
    <h3>
      <a href="#${code}"><code>${code}</code></a>
    </h3>
    <p class="message">${PROBLEMS[code].message}</p>
    <p>${renderInline(MEANINGS[code])}</p>
    <p><strong>What to do.</strong> ${renderInline(PROBLEMS[code].detail)}</p>
  </article>`;
