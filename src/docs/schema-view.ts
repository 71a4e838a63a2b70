import { html, type Html } from './html';
import { renderInline } from './markdown';

/** A JSON Schema as OpenAPI 3.1 has it, as far as this service uses it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

export type Schemas = Readonly<Record<string, JsonSchema>>;

const DEEPEST = 5;

/** Follows references and puts `allOf` together. What only adds `null` is the schema itself. */
export function resolve(schema: JsonSchema, schemas: Schemas): JsonSchema {
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  const named = $ref === undefined ? [] : [schemas[$ref.split('/').at(-1)!] ?? {}];
  const choices = (anyOf ?? oneOf ?? []).filter(({ type }) => type !== 'null');
  const parts = [...named, ...(allOf ?? []), ...(choices.length === 1 ? choices : [])].map((part) => resolve(part, schemas));
  return Object.assign({}, ...parts, own, {
    properties: Object.assign({}, ...parts.map(({ properties }) => properties), own.properties) as JsonSchema['properties'],
  }) as JsonSchema;
}

/** One field of an object, or one parameter. */
export interface Field {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
  /** Of a parameter: `in the path`. */
  readonly place?: string;
}

/** The fields of an object, one under the other, with theirs inside. */
export function renderFields(schema: JsonSchema, schemas: Schemas, depth = 1): Html | undefined {
  const { properties = {}, required = [], items } = resolve(schema, schemas);
  if (items) return renderFields(items, schemas, depth);
  const fields = Object.entries(properties);
  if (fields.length === 0 || depth > DEEPEST) return undefined;
  return renderList(
    fields.map(([name, field]) => ({ name, schema: field, isRequired: required.includes(name) })),
    schemas,
    depth,
  );
}

export const renderList = (fields: readonly Field[], schemas: Schemas, depth = 1): Html =>
  html`<ul class="fields">
    ${fields.map((field) => renderField(field, schemas, depth))}
  </ul>`;

function renderField({ name, schema: field, isRequired, place }: Field, schemas: Schemas, depth: number): Html {
  const schema = resolve(field, schemas);
  const limits = limitsOf(schema);
  const type = [typeOf(field, schemas), place].filter(Boolean).join(', ');
  return html`<li>
    <code class="name">${name}</code> <span class="type">${type}</span>${isRequired && html` <span class="required">required</span>`}
    ${schema.description && html`<p>${renderInline(schema.description)}</p>`} ${limits && html`<p class="limits">${limits}</p>`}
    ${renderFields(schema, schemas, depth + 1)}
  </li>`;
}

/** `string`, `list of objects`, `string or null`. */
export function typeOf(field: JsonSchema, schemas: Schemas): string {
  const { type, items, format } = resolve(field, schemas);
  const nullable = [field, ...(field.anyOf ?? []), ...(field.oneOf ?? [])].some(
    (part) => part.type === 'null' || part.type?.includes('null'),
  );
  const main = [type].flat().find((name) => name !== undefined && name !== 'null') ?? 'any value';
  const word = main === 'array' ? `list of ${plural(typeOf(items ?? {}, schemas))}` : format === 'date-time' ? 'time' : main;
  return nullable ? `${word} or null` : word;
}

const plural = (word: string): string => (/^(?:any|list)/.test(word) ? word : `${word}s`);

function limitsOf(schema: JsonSchema): string {
  const { items = {}, minimum, maximum, minLength, maxLength, minItems, maxItems } = schema;
  const choices = schema.enum ?? items.enum;
  const given = schema.default;
  return [
    choices && `One of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}.`,
    range(minLength, maxLength, 'character'),
    range(minimum, maximum),
    range(minItems, maxItems, 'item'),
    given !== undefined && given !== null && `Default: ${JSON.stringify(given)}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** `1 to 100 characters.`, `At most 1 item.` A least of nothing is no limit. */
function range(least: number | undefined, most: number | undefined, unit?: string): string | undefined {
  const from = unit !== undefined && least === 0 ? undefined : least;
  if (from === undefined && most === undefined) return undefined;
  const words = [from, most].map((n) => n?.toLocaleString('en-US'));
  const units = unit === undefined ? '' : ` ${unit}${(most ?? from) === 1 ? '' : 's'}`;
  if (from !== undefined && most !== undefined) return `${words.join(' to ')}${units}.`;
  return from === undefined ? `At most ${words[1]}${units}.` : `At least ${words[0]}${units}.`;
}
