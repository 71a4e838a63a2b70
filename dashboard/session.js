/** Who is signed in, and the word to and from other tabs when that changes. */
import { call, Failure } from './api.js';

const tabs = new BroadcastChannel('keystile-session');

let known;

/** The person who is signed in at this moment. @throws SignedOut, Failure */
export async function loadSession() {
  const who = await call('GET', '/v1/whoami');
  if (known?.id !== who.id || known.organizationId !== who.organizationId) {
    const [person, organizationName] = await Promise.all([call('GET', '/v1/users/me'), nameOf(who.organizationId)]);
    known = { id: who.id, organizationId: who.organizationId, person, organizationName };
  }
  return { ...known, may: (scope) => covers(who.scopes, scope) };
}

/** @param {'signed-in' | 'signed-out'} what */
export function tellOtherTabs(what) {
  known = undefined;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- channels are same-origin and take none
  tabs.postMessage(what);
}

/** @param {(what: 'signed-in' | 'signed-out') => void} listener */
export function hearOtherTabs(listener) {
  tabs.addEventListener('message', ({ data }) => listener(data));
}

/** The name is decoration: a role need not be allowed to read it. */
async function nameOf(organizationId) {
  try {
    return (await call('GET', `/v1/organizations/${organizationId}`)).name;
  } catch (error) {
    if (error instanceof Failure) return '';
    throw error;
  }
}

/** Whether patterns such as `client.*` and `*` contain a scope. */
const covers = (held, scope) =>
  held.some((pattern) => pattern === '*' || pattern === scope || (pattern.endsWith('.*') && scope.startsWith(pattern.slice(0, -1))));
