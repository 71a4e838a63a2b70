import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const STYLESHEET = readFileSync(join(__dirname, 'docs.css'), 'utf8');

/** Changes with the text, so that browsers may keep it for ever. */
export const STYLESHEET_NAME = `${createHash('sha256').update(STYLESHEET).digest('hex').slice(0, 12)}.css`;

export const STYLESHEET_PATH = `/docs/assets/${STYLESHEET_NAME}`;
