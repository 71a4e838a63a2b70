import { api, take } from '../api';

const KEPT_MS = 60_000;

/** Has the browser save what the API answers. The session is renewed first where it has to be: a download cannot do that by itself. */
export async function download(path: string, query: Readonly<Record<string, string | undefined>>): Promise<void> {
  await take(api.GET('/v1/whoami'));
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const link = document.createElement('a');
  link.href = `${path}?${new URLSearchParams(given)}`;
  link.download = '';
  link.click();
}

/** Has the browser save a value as a file. */
export function saveJson(name: string, value: unknown): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: 'application/json' }));
  link.download = name;
  link.click();
  // Some browsers read it only after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
