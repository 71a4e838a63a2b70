import { apiBase, keyHeader } from '../options';
import type { paths } from './schema';

type Method = 'get' | 'post' | 'patch' | 'delete';

/** The paths that have an operation of a method. */
type PathsWith<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never }[keyof paths];

export interface CurlParts {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined | null>>;
  readonly body?: unknown;
}

const QUOTE = String.raw`'\''`;
const quoted = (text: string): string => `'${text.replaceAll("'", QUOTE)}'`;

/**
 * The very request that an action makes, as a command for a terminal: with a key of its own in `$KEYSTILE_KEY`, for the session of
 * this page is nobody else's.
 */
export function curl<M extends Method>(method: M, path: PathsWith<M>, { path: values = {}, query = {}, body }: CurlParts = {}): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => encodeURIComponent(values[name] ?? ''));
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.append(name, String(value));
  }
  const url = `${apiBase}${filled}${parameters.size > 0 ? `?${parameters}` : ''}`;
  const lines = [
    `curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}${quoted(url)}`,
    `-H "${keyHeader} $KEYSTILE_KEY"`,
    ...(body === undefined ? [] : ['-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(body))}`]),
  ];
  return lines.join(' \\\n  ');
}
