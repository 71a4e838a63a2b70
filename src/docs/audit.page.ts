import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { renderMarkdown } from './markdown';
import type { Page } from './page';

const SOURCE = readFileSync(join(__dirname, '..', '..', 'docs', 'audit.md'), 'utf8');

/** What the source calls this service, so that its examples also read well in the repository. */
const ADDRESS_IN_SOURCE = 'http://127.0.0.1:3000';

/** How an auditor checks the record, with the address of this service in its examples. */
export const auditMarkdown = (publicUrl: string): string => SOURCE.replaceAll(ADDRESS_IN_SOURCE, publicUrl);

export const auditPage = (publicUrl: string): Page => ({
  title: 'The record of changes',
  description: 'How audit events are chained, signed and checked, and what that proves.',
  path: '/docs/audit',
  markdownPath: '/docs/audit.md',
  body: renderMarkdown(auditMarkdown(publicUrl)),
});
