import { api, take } from '../api';

/** Has the browser save what the API answers. The session is renewed first where it has to be: a download cannot do that by itself. */
export async function download(path: string, query: Readonly<Record<string, string | undefined>>): Promise<void> {
  await take(api.GET('/v1/whoami'));
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const link = document.createElement('a');
  link.href = `${path}?${new URLSearchParams(given)}`;
  link.download = '';
  link.click();
}
