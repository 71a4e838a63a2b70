/** The public REST API, called with the cookies of the session. The page has no other way to the service. */

const LONGEST_WAIT_MS = 30_000;

/** The service refused, or did not answer. `message` is for people. */
export class Failure extends Error {
  constructor(message, { status = 0, code = '', faults = [] } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    /** What is wrong with which field: `[{ pointer: '/allowedIps/0', message }]`. */
    this.faults = faults;
  }
}

/** There is no session, or it has ended: here, in another tab, or on another machine. */
export class SignedOut extends Error {}

/**
 * Calls as the person who is signed in. An expired access token is renewed once, unseen, and the call made again.
 * @throws SignedOut, Failure
 */
export async function call(method, path, { body, headers } = {}) {
  let response = await send(method, path, body, headers);
  if (response.status === 401) {
    if (!(await renew())) throw new SignedOut();
    response = await send(method, path, body, headers);
    if (response.status === 401) throw new SignedOut();
  }
  return read(response);
}

/** Calls what everybody may call: signing in, links that work once. @throws Failure */
export const callPublic = async (method, path, body) => read(await send(method, path, body));

/**
 * A POST that may be sent again: what a form asked for is done once, however often its answer is lost, and the secret of that one
 * time is shown. A changed form asks for something else.
 */
export function repeatablePost(path) {
  let last;
  return (data, makeBody) => {
    const asked = new URLSearchParams(data).toString();
    if (last?.asked !== asked) last = { asked, body: makeBody(data), idempotencyKey: randomName() };
    return call('POST', path, { body: last.body, headers: { 'idempotency-key': last.idempotencyKey } });
  };
}

/** `crypto.randomUUID` is not there on pages that came by plain http from another machine. */
const randomName = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

let renewing;

/** One renewal for all calls that found the token expired at the same time. @returns whether there is a session */
async function renew() {
  renewing ??= send('POST', '/v1/auth/refresh').finally(() => {
    renewing = undefined;
  });
  const { ok, status } = await renewing;
  if (!ok && status !== 401) throw new Failure('The session could not be renewed. Try again in a moment.', { status });
  return ok;
}

async function send(method, path, body, headers = {}) {
  try {
    return await fetch(path, {
      method,
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Failure('The service did not answer. Check the connection and try again.');
  }
}

async function read(response) {
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const body = isJson ? await response.json() : undefined;
  if (response.ok) return body;
  const { status } = response;
  const { code = '', errors = [] } = body ?? {};
  throw new Failure(sentence(status, body, response.headers.get('retry-after')), { status, code, faults: errors });
}

/** What a person needs to know of a refusal (`/docs/errors` has them all). */
function sentence(status, { code, message, detail, requestId, scopes = [] } = {}, retryAfter) {
  if (message === undefined) return `The service answered ${status}. Try again in a moment.`;
  if (status === 429) return `Too many attempts. Wait ${retryAfter ?? 'some'} seconds and try again.`;
  if (status >= 500) return `${message}. ${detail} (${requestId})`;
  if (code === 'scope_exceeds_grantor') return `${message}: ${scopes.join(', ')}.`;
  return code === 'conflict' || code === 'login_failed' ? `${message}.` : `${message}. ${detail}`;
}
