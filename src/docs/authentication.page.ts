import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { renderMarkdown } from './markdown';
import type { Page } from './page';

const SOURCE = readFileSync(join(__dirname, '..', '..', 'docs', 'authentication.md'), 'utf8');

/** What the source calls this service, so that its examples also read well in the repository. */
const ADDRESS_IN_SOURCE = 'http://127.0.0.1:3000';

/** The integrator's page, with the address of this service in its examples. */
export const authenticationMarkdown = (publicUrl: string): string => SOURCE.replaceAll(ADDRESS_IN_SOURCE, publicUrl);

export const authenticationPage = (publicUrl: string): Page => ({
  title: 'Authentication',
  description: 'Bearer API keys, permission scopes, IP whitelisting, and rotation.',
  path: '/docs/authentication',
  markdownPath: '/docs/authentication.md',
  body: renderMarkdown(authenticationMarkdown(publicUrl)),
});
