/** Two forms, for who is there already and who is not. They call the same routes as everybody else. */
export const SIGN_IN_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in · WhatsApp manager</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;color:#1c1917;max-width:28rem;margin:2rem auto;padding:0 1rem}
label{display:block;margin:.75rem 0}
input{display:block;box-sizing:border-box;width:100%}
input,button{font:inherit;padding:.4rem .75rem;border:1px solid #78716c;border-radius:.375rem;background:#fff}
button{background:#f5f5f4;cursor:pointer}
#fault{color:#b00020}
</style>
<script src="/sign-in.js" defer></script>
</head>
<body><main>
<h1>WhatsApp manager</h1>
<p id="fault" role="alert" hidden></p>
<form id="login">
<h2>Sign in</h2>
<label>E-mail <input name="email" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" minlength="10" required></label>
<button>Sign in</button>
</form>
<form id="register">
<h2>Register an organization</h2>
<label>Organization <input name="organization_name" autocomplete="organization" maxlength="100" required></label>
<label>Your name <input name="full_name" autocomplete="name" maxlength="100" required></label>
<label>E-mail <input name="email" type="email" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="new-password" minlength="10" required></label>
<button>Register</button>
</form>
<p><a href="/docs/api-keys">About API keys</a></p>
</main></body>
</html>`;

export const SIGN_IN_SCRIPT = `'use strict';
const fault = document.getElementById('fault');

for (const form of document.forms) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    fault.hidden = true;
    const answer = await fetch('/api/auth/' + form.id, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    if (answer.ok) {
      const next = new URLSearchParams(location.search).get('next') ?? '';
      // To the page that asked for the sign-in, and nowhere else.
      location.assign(/^\\/api-management(?:[/?]|$)/.test(next) ? next : '/api-management');
      return;
    }
    const { message, errors = [] } = await answer.json();
    fault.textContent = [message, ...errors.map(({ field, message: wrong }) => field + ' ' + wrong)].join(': ');
    fault.hidden = false;
  });
}
`;
