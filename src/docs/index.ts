/**
 * Pages for people who integrate: the API reference made from the OpenAPI document (`/docs`), how to authenticate
 * (`/docs/authentication`), how to check the record of changes (`/docs/audit`), both also as Markdown, and every error code (`/docs/errors`).
 * Rendered here, without a script.
 */
export { DocsModule, type DocsOptions } from './docs.module';
