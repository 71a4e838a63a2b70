import createClient from 'openapi-fetch';

import { apiBase, hostSignIn } from '../options';
import { Failure, failureOf, type Problem, SignedOut } from './failure';
import type { paths } from './schema';

const LONGEST_WAIT_MS = 30_000;

/** Where a 401 is an answer to what was typed, not the end of a session. */
const OPEN_PATHS = /^\/v1\/(?:auth\/(?!logout|switch-organization)|setup$|invitations\/accept$)/;

let renewing: Promise<boolean> | undefined;

/** One renewal for all calls that found the token expired at the same time. @returns whether there is a session */
function renew(): Promise<boolean> {
  renewing ??= fetch(`${apiBase}/v1/auth/refresh`, { method: 'POST', credentials: 'same-origin', cache: 'no-store' })
    .then(async ({ ok, status, body }) => {
      await body?.cancel();
      if (!ok && status !== 401) throw new Failure('The session could not be renewed', { status, detail: 'Try again in a moment.' });
      return ok;
    })
    .finally(() => {
      renewing = undefined;
    });
  return renewing;
}

/** Calls as the person who is signed in. An expired access token is renewed once, unseen, and the call made again. */
async function send(request: Request): Promise<Response> {
  const again = request.clone();
  try {
    const response = await fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(LONGEST_WAIT_MS)]) });
    if (response.status !== 401 || OPEN_PATHS.test(new URL(request.url).pathname)) return response;
    await response.body?.cancel();
    // People of a host have no session of ours to renew.
    if (hostSignIn !== undefined || !(await renew())) throw new SignedOut();
    const second = await fetch(again);
    if (second.status === 401) throw new SignedOut();
    return second;
  } catch (error) {
    if (error instanceof Failure || request.signal.aborted) throw error;
    throw new Failure('The service did not answer', { detail: 'Check the connection and try again.' });
  }
}

/** The REST API, typed by the OpenAPI document. The page has no other way to the service. */
export const api = createClient<paths>({
  baseUrl: apiBase,
  fetch: send,
  credentials: 'same-origin',
  cache: 'no-store',
  redirect: 'error',
  headers: { accept: 'application/json' },
});

interface Answered<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** The body of an answer. @throws Failure for every refusal, `SignedOut` where there is no session */
export async function take<Data>(answer: Promise<Answered<Data>>): Promise<Exclude<Data, undefined>> {
  const { data, error, response } = await answer;
  if (!response.ok) throw failureOf(response, error as Partial<Problem> | undefined);
  return data as Exclude<Data, undefined>;
}
