import { type Operation, SCHEMES } from '../openapi';
import { exampleBody } from './example';
import type { JsonSchema, Schemas } from './schema-view';

/** One operation, as the reference shows it. */
export interface DocumentedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** A command to paste into a terminal: it reads the credential, and the ids in the path, from variables of the shell. */
export function curlOf({ method, path, operation }: DocumentedOperation, publicUrl: string, schemas: Schemas): string {
  const url = `${publicUrl}${path.replace(/\{(\w+)\}/g, (_all, name: string) => `$${shellName(name)}`)}`;
  const query = (operation.parameters ?? []).flatMap((parameter) =>
    'name' in parameter && parameter.in === 'query' && parameter.required ? [`${parameter.name}=…`] : [],
  );
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "${url}${query.length > 0 ? `?${query.join('&')}` : ''}"`,
    ...credential(operation),
    ...body(operation, schemas),
  ];
  return lines.join(' \\\n  ');
}

function credential({ security = [] }: Operation): string[] {
  if (security.length === 0) return [];
  const takesKeys = security.some((scheme) => SCHEMES.header in scheme);
  return [`-H "Authorization: Bearer ${takesKeys ? '$KEYSTILE_KEY' : '$ACCESS_TOKEN'}"`];
}

function body({ requestBody }: Operation, schemas: Schemas): string[] {
  if (!requestBody || !('content' in requestBody)) return [];
  if ('multipart/form-data' in requestBody.content) return ['-F "file=@header.png"'];
  const schema = requestBody.content['application/json']?.schema as JsonSchema | undefined;
  const example = exampleBody(schema ?? {}, schemas);
  return ['-H "Content-Type: application/json"', `-d '${inLines(example)}'`];
}

/** Short bodies on one line, others on a line for each field. Variables of the shell stand outside the single quotes. */
function inLines(example: unknown): string {
  const line = JSON.stringify(example);
  const text = line.length <= LONGEST_LINE ? line : JSON.stringify(example, null, 2).replaceAll('\n', '\n  ');
  return text.replaceAll("'", "'\\''").replace(/"(\$[A-Z_]+)"/g, `"'"$1"'"`);
}

const LONGEST_LINE = 40;

/** `userId` as `USER_ID`. */
const shellName = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
