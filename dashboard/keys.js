/** The list of keys, and what can be done with each. */
import { call, repeatablePost } from './api.js';
import { button, element, fill, openDialog, part, say, view } from './dom.js';
import { chosenExpiry, offerExpiry } from './expiry.js';
import { onSubmit } from './form.js';
import { report } from './router.js';
import { showSecret } from './secret.js';
import { agoElement, dayElement, formatExactly } from './time.js';

const SCOPES_SHOWN = 3;

export async function keysPage(session) {
  const first = await readPage();
  const page = view('keys');
  const rows = part(page, 'rows');
  const more = part(page, 'more');
  let { nextCursor } = first;
  const add = ({ data }) => rows.append(...data.map((key) => keyRow(key, session)));
  add(first);
  part(page, 'empty').hidden = first.data.length > 0;
  part(page, 'table').hidden = first.data.length === 0;
  more.hidden = !nextCursor;
  more.addEventListener('click', async () => {
    try {
      const next = await readPage(nextCursor);
      add(next);
      ({ nextCursor } = next);
      more.hidden = !nextCursor;
    } catch (error) {
      report(error);
    }
  });
  if (!session.may('api_key.create')) part(page, 'create').remove();
  return page;
}

const readPage = (cursor) => call('GET', `/v1/api-keys?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);

function keyRow(key, session) {
  const row = view('key-row');
  row.classList.toggle('over', key.status === 'revoked');
  fill(row, { name: key.name, prefix: `${key.prefix}_…` });
  part(row, 'scopes').append(...scopeList(key.scopes));
  part(row, 'status').append(...statusBadges(key), ...retiringSecrets(key, session));
  part(row, 'last-used').append(key.lastUsedAt ? agoElement(key.lastUsedAt) : 'never');
  part(row, 'expires').append(key.expiresAt ? dayElement(key.expiresAt) : 'never');
  part(row, 'actions').append(...actions(key, session));
  return row;
}

function scopeList(scopes) {
  if (scopes.length === 0) return [element('span', 'none', { class: 'quiet' })];
  const shown = scopes.slice(0, SCOPES_SHOWN).map((scope) => element('code', scope));
  if (scopes.length <= SCOPES_SHOWN) return shown;
  const rest = element('details');
  rest.append(element('summary', `and ${scopes.length - SCOPES_SHOWN} more`));
  rest.append(...scopes.slice(SCOPES_SHOWN).map((scope) => element('code', scope)));
  return [...shown, rest];
}

function statusBadges({ status, environment, rotationDueAt }) {
  const isDue = status !== 'revoked' && new Date(rotationDueAt) <= new Date();
  return [
    element('span', status, { class: `badge ${status}` }),
    ...(environment === 'test' ? [element('span', 'test', { class: 'badge' })] : []),
    ...(isDue ? [element('span', 'rotation due', { class: 'badge due', title: 'The secret is older than 90 days.' })] : []),
  ];
}

/** Old secrets that still work, each with a way to end it once the new one is deployed. */
function retiringSecrets(key, session) {
  return key.credentials
    .filter(({ state }) => state === 'retiring')
    .map(({ prefix, retiresAt }) => {
      const line = element('span', '', { class: 'retiring' });
      line.append('Old secret ', element('code', prefix), ` works until ${formatExactly(retiresAt)} `);
      if (session.may('api_key.rotate'))
        line.append(button('End it now', `End the old secret ${prefix} now`, (event) => retire(event.target, key, prefix, session)));
      return line;
    });
}

function actions(key, session) {
  const isLive = key.status !== 'revoked';
  const calls = element('a', 'Calls', { href: `/api-management/calls?keyId=${key.id}`, 'aria-label': `Calls of ${key.name}` });
  return [
    ...(session.may('call_log.read') ? [calls] : []),
    ...(isLive && session.may('api_key.rotate') ? [button('Rotate', `Rotate ${key.name}`, () => rotate(key, session))] : []),
    ...(isLive && session.may('api_key.revoke')
      ? [button('Revoke', `Revoke ${key.name}`, ({ target }) => revoke(target.closest('tr'), key, session))]
      : []),
  ];
}

function revoke(row, key, session) {
  const dialog = openFor('revoke', key);
  onSubmit(dialog.querySelector('form'), async (data) => {
    const reason = data.get('reason').trim();
    const revoked = await call('POST', `/v1/api-keys/${key.id}/revoke`, { body: reason ? { reason } : {} });
    dialog.close();
    replaceRow(row, revoked, session, `${key.name} is revoked.`);
  });
}

function rotate(key, session) {
  const dialog = openFor('rotate', key);
  const form = dialog.querySelector('form');
  offerExpiry(form, key.status === 'expired' ? {} : { keep: key.expiresAt });
  const send = repeatablePost(`/v1/api-keys/${key.id}/rotate`);
  onSubmit(form, async (data) => {
    const issued = await send(data, rotationOf);
    dialog.close();
    showSecret(issued, session, { title: `New secret of ${issued.name}`, overlap: overlapWords(issued) });
  });
}

function rotationOf(data) {
  const expiresAt = chosenExpiry(data);
  return { overlapSeconds: Number(data.get('overlapSeconds')), ...(expiresAt === undefined ? {} : { expiresAt }) };
}

function overlapWords({ credentials }) {
  const old = credentials.find(({ state }) => state === 'retiring');
  if (!old) return 'The old secret has stopped working.';
  return `The old secret ${old.prefix}_… works until ${formatExactly(old.retiresAt)}. Deploy the new one, then end the old one in the list of keys.`;
}

async function retire(pressed, key, prefix, session) {
  try {
    const changed = await call('POST', `/v1/api-keys/${key.id}/credentials/${prefix}/retire`, { body: {} });
    replaceRow(pressed.closest('tr'), changed, session, `The old secret of ${key.name} has ended.`);
  } catch (error) {
    report(error);
  }
}

function replaceRow(row, key, session, outcome) {
  const fresh = keyRow(key, session);
  row.replaceWith(fresh);
  fresh.focus();
  say(outcome);
}

function openFor(name, key) {
  const dialog = view(name);
  fill(dialog, { name: key.name, prefix: `${key.prefix}_…` });
  part(dialog, 'cancel').addEventListener('click', () => dialog.close());
  void openDialog(dialog);
  return dialog;
}
