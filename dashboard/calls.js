/** The newest calls, refused ones among them, and the facts of one. */
import { call, Failure } from './api.js';
import { element, fill, part, say, view } from './dom.js';
import { report } from './router.js';
import { formatExactly, secondElement } from './time.js';

/** Pages are read until so many calls can be shown, or so many pages were read. */
const ROWS_WANTED = 25;
const MOST_PAGES = 5;

/** What of the log to show: what the API is asked for, and which of its calls. */
const CHOICES = {
  keys: { query: {}, isShown: ({ principalType }) => principalType !== 'user' },
  all: { query: {}, isShown: () => true },
  refused: { query: { statusClass: '4xx' }, isShown: () => true },
  unknown: { query: { scope: 'installation', statusClass: '4xx' }, isShown: () => true },
};

export async function callsPage({ person }) {
  const page = view('calls');
  const keyId = new URLSearchParams(location.search).get('keyId');
  const choice = part(page, 'choice');
  const rows = part(page, 'rows');
  let cursor;
  const load = async () => {
    const read = await readCalls({ ...CHOICES[choice.value], keyId, cursor });
    if (!cursor) rows.replaceChildren();
    rows.append(...read.calls.map(callRow));
    ({ cursor } = read);
    part(page, 'more').hidden = !cursor;
    part(page, 'empty').hidden = rows.children.length > 0;
    part(page, 'table').hidden = rows.children.length === 0;
  };
  const loadOn = (target, type, { anew }) =>
    target.addEventListener(type, async () => {
      try {
        if (anew) cursor = undefined;
        await load();
        say(`${rows.children.length} calls, as of ${new Date().toLocaleTimeString('en-GB')}.`);
      } catch (error) {
        report(error);
      }
    });
  loadOn(part(page, 'reload'), 'click', { anew: true });
  loadOn(choice, 'change', { anew: true });
  loadOn(part(page, 'more'), 'click', { anew: false });
  // Calls that nobody could be made out for belong to no organization.
  if (!person.operator || keyId) choice.querySelector('[value="unknown"]').remove();
  if (keyId) await describeKey(page, keyId);
  await load();
  return page;
}

export async function callPage() {
  const requestId = location.pathname.split('/').at(-1);
  const scope = new URLSearchParams(location.search).get('scope');
  const facts = await call('GET', `/v1/call-logs/${requestId}${scope === 'installation' ? '?scope=installation' : ''}`);
  const page = view('call');
  fill(page, { method: facts.method, path: facts.path });
  for (const [name, value] of factsOf(facts)) {
    const description = element('dd');
    description.append(value ?? '–');
    part(page, 'facts').append(element('dt', name), description);
  }
  return page;
}

async function describeKey(page, keyId) {
  part(page, 'only-key').hidden = false;
  fill(page, { 'key-name': await nameOf(keyId) });
}

/** Who may read calls need not be allowed to read keys. */
async function nameOf(keyId) {
  try {
    return (await call('GET', `/v1/api-keys/${encodeURIComponent(keyId)}`)).name;
  } catch (error) {
    if (error instanceof Failure) return keyId;
    throw error;
  }
}

async function readCalls({ query, isShown, keyId, cursor }) {
  const calls = [];
  let next = cursor;
  for (let pages = 0; pages < MOST_PAGES && calls.length < ROWS_WANTED; pages++) {
    const parameters = new URLSearchParams({ limit: '50', ...query, ...(keyId ? { keyId } : {}), ...(next ? { cursor: next } : {}) });
    const { data, nextCursor } = await call('GET', `/v1/call-logs?${parameters}`);
    calls.push(...data.filter(isShown));
    next = nextCursor;
    if (!next) break;
  }
  return { calls, cursor: next };
}

function callRow(facts) {
  const row = view('call-row');
  fill(row, { method: facts.method, path: facts.path, latency: latency(facts) });
  part(row, 'link').href = `/api-management/calls/${facts.requestId}${facts.organizationId ? '' : '?scope=installation'}`;
  part(row, 'status').append(statusElement(facts));
  part(row, 'key').append(callerOf(facts));
  part(row, 'time').append(secondElement(facts.at));
  return row;
}

function statusElement({ status, code }) {
  const shown = element('span', String(status), { class: status >= 400 ? 'status refused' : 'status' });
  if (code) shown.append(' ', element('code', code));
  return shown;
}

const latency = ({ latencyMs }) => `${latencyMs.toLocaleString('en', { maximumFractionDigits: 1 })} ms`;

const callerOf = ({ keyName, credentialPrefix, principalType }) =>
  keyName ?? credentialPrefix ?? (principalType === 'user' ? 'signed-in person' : '–');

function factsOf(facts) {
  return [
    ['Status', statusElement(facts)],
    ['Time', formatExactly(facts.at)],
    ['Latency', `${facts.latencyMs} ms`],
    ['Key', facts.keyName],
    ['Secret', facts.credentialPrefix && `${facts.credentialPrefix}_…`],
    ['Called by', facts.keyId ?? facts.userId],
    ['Environment', facts.environment],
    ['Scopes required', facts.requiredScopes.join(', ') || null],
    ['Route', facts.route],
    ['Address', facts.ip],
    ['Program', facts.userAgent],
    ['Referrer', facts.referrer],
    ['Answer', `${facts.responseBytes.toLocaleString('en')} bytes`],
    ['Request id', facts.requestId],
  ];
}
