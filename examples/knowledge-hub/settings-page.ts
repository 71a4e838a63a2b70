/** Settings → API Keys (K03). */
export const SETTINGS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Settings · Knowledge hub</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;color:#1c1917;max-width:40rem;margin:2rem auto;padding:0 1rem}
[hidden]{display:none}
label{display:block;margin:.75rem 0}
input{display:block;box-sizing:border-box;width:100%;max-width:28rem}
input,button{font:inherit;padding:.4rem .75rem;border:1px solid #78716c;border-radius:.375rem;background:#fff}
button{background:#f5f5f4;cursor:pointer}
dl:not([hidden]){display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.5rem}
dt{color:#57534e}
dd{margin:0;overflow-wrap:anywhere}
#fault{color:#b00020}
#new-key{background:#fef9c3;border-radius:.375rem;padding:.5rem 1rem;overflow-wrap:anywhere}
</style>
<script src="/settings.js" defer></script>
</head>
<body><main>
<h1>Settings</h1>
<p id="fault" role="alert" hidden></p>
<form id="sign-in" hidden>
<h2>Sign in</h2>
<label>E-mail <input name="email" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" minlength="10" required></label>
<button value="sign-in">Sign in</button> <button value="sign-up">Sign up</button>
</form>
<section id="api-keys" hidden>
<h2>API Keys</h2>
<dl id="metadata" hidden>
<dt>Name</dt><dd id="name"></dd><dt>Key Prefix</dt><dd><code id="prefix"></code></dd>
<dt>Created At</dt><dd id="created"></dd><dt>Last Used At</dt><dd id="used"></dd><dt>Access</dt><dd id="access"></dd>
</dl>
<div id="new-key" hidden>
<p>Copy the key now. You won’t be able to see it again.</p>
<p><code id="key"></code> <button id="copy">Copy</button></p>
</div>
<label>Name <input id="key-name" placeholder="API Keys" maxlength="100"></label>
<button id="generate">Generate API Key</button> <button id="revoke" hidden>Revoke</button>
<p>Generating a new API key will automatically revoke any existing keys. <a href="/docs">How to use it</a>
· <a href="/api-management">What it was used for</a></p>
</section>
</main></body>
</html>`;

export const SETTINGS_SCRIPT = `'use strict';
const element = (id) => document.getElementById(id);
const show = (id, visible) => { element(id).hidden = !visible; };

async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
  });
  const content = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw Object.assign(new Error(content.error), { status: answer.status });
  return content;
}

const moment = (text) => (text ? new Date(text).toLocaleString() : 'Never');

function showKey(apiKey) {
  show('sign-in', false);
  show('api-keys', true);
  show('metadata', apiKey !== null);
  show('revoke', apiKey !== null);
  show('new-key', Boolean(apiKey?.key));
  if (!apiKey) return;
  element('name').textContent = apiKey.name;
  element('prefix').textContent = apiKey.keyPrefix;
  element('created').textContent = moment(apiKey.createdAt);
  element('used').textContent = moment(apiKey.lastUsedAt);
  element('access').textContent = apiKey.access.join(', ');
  element('key').textContent = apiKey.key ?? '';
}

async function attempt(work) {
  show('fault', false);
  try {
    await work();
  } catch (fault) {
    element('fault').textContent = fault.message;
    show('fault', true);
  }
}

const refresh = async () => showKey((await call('GET', '/settings/api-key')).apiKey);

/** Back to the page that asked for the sign-in, and nowhere else. */
async function goOn() {
  const next = new URLSearchParams(location.search).get('next') ?? '';
  if (/^\\/api-management(?:[/?]|$)/.test(next)) location.assign(next);
  else await refresh();
}

element('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(event.target));
  void attempt(async () => {
    await call('POST', '/auth/' + event.submitter.value, { email, password });
    await goOn();
  });
});
element('generate').addEventListener('click', () =>
  attempt(async () => {
    const name = element('key-name').value.trim();
    showKey((await call('POST', '/settings/api-key', name ? { name } : {})).apiKey);
  }),
);
element('revoke').addEventListener('click', () =>
  attempt(async () => {
    await call('DELETE', '/settings/api-key');
    await refresh();
  }),
);
element('copy').addEventListener('click', () => attempt(() => navigator.clipboard.writeText(element('key').textContent)));
refresh().catch(() => show('sign-in', true));
`;
