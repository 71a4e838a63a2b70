'use strict';

const element = (id) => document.getElementById(id);
/** In memory only: closing the page signs out. */
let token = '';

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Error((content.errors ?? []).map(({ message }) => message).join(', ') || content.message);
  return content;
}

/** Does it, and says what went wrong where it went wrong. */
const attempt = async (work) => {
  element('fault').textContent = '';
  try {
    await work();
  } catch (error) {
    element('fault').textContent = error.message;
  }
};

const words = (text) => text.split(/[\s,]+/).filter((word) => word !== '');

function showKey(key) {
  element('key').textContent = key;
  element('issued').hidden = key === '';
}

function cell(text) {
  const td = document.createElement('td');
  td.textContent = text;
  return td;
}

function action(name, work) {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = name;
  button.addEventListener('click', () => void attempt(work));
  return button;
}

function row({ id, name, prefix, permissions, ip_allowlist, last_used_at, status, rotation_due }) {
  const tr = document.createElement('tr');
  const state = rotation_due ? 'rotation is due' : status;
  const used = last_used_at ? new Date(last_used_at).toLocaleString() : 'never';
  tr.append(...[name, `${prefix}…`, permissions.join(' '), ip_allowlist.join(' ') || 'all', used, state].map(cell));
  const actions = document.createElement('td');
  if (status === 'active') {
    const path = `/api/v1/api-keys/${id}`;
    const rotate = async () => showKey((await call('POST', `${path}/rotate`)).key);
    actions.append(
      action('Rotate', async () => {
        if (confirm(`Replace the key “${name}”? The old one stops working now.`)) await rotate().then(refresh);
      }),
      action('Revoke', async () => {
        if (confirm(`Revoke the key “${name}” for ever?`)) await call('POST', `${path}/revoke`).then(refresh);
      }),
    );
  }
  tr.append(actions);
  return tr;
}

async function refresh() {
  const { data } = await call('GET', '/api/v1/api-keys');
  element('rows').replaceChildren(...data.map(row));
}

element('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  void attempt(async () => {
    ({ token } = await call('POST', '/api/v1/session', Object.fromEntries(new FormData(form))));
    const next = new URLSearchParams(location.search).get('next') ?? '';
    // Back to the page that asked for the sign-in, and nowhere else.
    if (/^\/api-management(?:[/?]|$)/.test(next)) {
      location.assign(next);
      return;
    }
    await refresh();
    form.hidden = true;
    element('keys').hidden = false;
  });
});

element('create').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  const { name, permissions, ip_allowlist } = Object.fromEntries(new FormData(form));
  void attempt(async () => {
    const { key } = await call('POST', '/api/v1/api-keys', {
      name,
      permissions: words(permissions),
      ip_allowlist: words(ip_allowlist),
    });
    showKey(key);
    form.reset();
    await refresh();
  });
});

element('copy').addEventListener('click', () => void attempt(() => navigator.clipboard.writeText(element('key').textContent)));
