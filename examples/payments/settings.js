'use strict';

const element = (id) => document.getElementById(id);
/** In memory only: closing the page logs out. */
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

const list = (text, separator) => text.split(separator).filter((word) => word !== '');

function restrictions({ ip_addresses, referrer_urls, endpoints }) {
  return {
    ip_addresses: list(ip_addresses, /[\s,]+/),
    referrer_urls: list(referrer_urls, /[\s,]+/),
    endpoints: list(endpoints, /\s*,\s*/).map((endpoint) => {
      const [method, path = ''] = endpoint.split(/\s+/);
      return { method, path };
    }),
  };
}

function showKey(key) {
  element('key').textContent = key;
  element('issued').hidden = key === '';
}

function row({ id, name, prefix, created_at, last_used }) {
  const tr = document.createElement('tr');
  const moment = (text) => (text ? new Date(text).toLocaleString() : 'never');
  for (const text of [name, `${prefix}…`, moment(created_at), moment(last_used)]) {
    const td = document.createElement('td');
    td.textContent = text;
    tr.append(td);
  }
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Revoke';
  button.addEventListener('click', () => {
    if (!confirm(`Revoke the key “${name}” for ever?`)) return;
    void attempt(() => call('DELETE', `/v1/api-keys/${id}`).then(refresh));
  });
  const td = document.createElement('td');
  td.append(button);
  tr.append(td);
  return tr;
}

async function refresh() {
  const { data } = await call('GET', '/v1/api-keys');
  element('rows').replaceChildren(...data.map(row));
}

element('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  void attempt(async () => {
    const { data } = await call('POST', '/v1/sessions', Object.fromEntries(new FormData(form)));
    token = data.token;
    const next = new URLSearchParams(location.search).get('next') ?? '';
    // Back to the page that asked for the log-in, and nowhere else.
    if (/^\/api-management(?:[/?]|$)/.test(next)) {
      location.assign(next);
      return;
    }
    await refresh();
    form.hidden = true;
    element('keys').hidden = false;
  });
});

element('new').addEventListener('click', () => {
  showKey('');
  element('create').hidden = false;
  element('create').elements['name'].focus();
});

element('create').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  const { name, type, ...limits } = Object.fromEntries(new FormData(form));
  void attempt(async () => {
    const { data } = await call('POST', '/v1/api-keys', { name, type, restrictions: restrictions(limits) });
    showKey(data.key);
    form.reset();
    form.hidden = true;
    await refresh();
  });
});

element('copy').addEventListener('click', () => void attempt(() => navigator.clipboard.writeText(element('key').textContent)));
