/** Signing in, and the pages behind links that work once. */
import { callPublic, Failure } from './api.js';
import { fill, view } from './dom.js';
import { onSubmit } from './form.js';
import { go, place, show } from './router.js';
import { tellOtherTabs } from './session.js';

/** Stands in the place of any page that needs a session; the page follows. */
export function signInPage() {
  return formPage('sign-in', async (fields) => {
    await callPublic('POST', '/v1/auth/login', { ...fields, transport: 'cookie' });
    tellOtherTabs('signed-in');
    await show();
  });
}

export function setupPage() {
  const token = tokenOfLink();
  if (!token) return deadLink('It is not complete: the part after # is missing.', SETUP_REMEDY);
  return formPage('setup', async (fields) => {
    const answered = await useLink(
      '/v1/setup',
      { token, ...fields, transport: 'cookie' },
      SETUP_REMEDY,
      'This installation has been set up already.',
    );
    if (!answered) return;
    tellOtherTabs('signed-in');
    await go('/api-management/new-key', { replace: true, outcome: `${fields.organizationName} is set up. Now create its first key.` });
  });
}

export function acceptInvitationPage() {
  const token = tokenOfLink();
  if (!token) return deadLink('It is not complete: the part after # is missing.', INVITATION_REMEDY);
  return formPage('accept-invitation', async (fields) => {
    if (!(await useLink('/v1/invitations/accept', { token, ...fields, transport: 'cookie' }, INVITATION_REMEDY))) return;
    tellOtherTabs('signed-in');
    await go('/api-management', { replace: true, outcome: 'Welcome. You are signed in.' });
  });
}

export function forgotPasswordPage() {
  return formPage('forgot-password', async (fields) => {
    await callPublic('POST', '/v1/auth/forgot-password', fields);
    place(view('link-requested'));
  });
}

export function resetPasswordPage() {
  const token = tokenOfLink();
  if (!token) return deadLink('It is not complete: the part after # is missing.', RESET_REMEDY);
  return formPage('reset-password', async (fields) => {
    if (!(await useLink('/v1/auth/reset-password', { token, ...fields }, RESET_REMEDY))) return;
    tellOtherTabs('signed-out');
    await go('/api-management', { replace: true, outcome: 'The password is changed. Sign in with it.' });
  });
}

const SETUP_REMEDY = 'Setup links work once, for 30 minutes. Starting the service prints a new one, and so does: npx keystile setup-link';
const INVITATION_REMEDY = 'Ask whoever invited you for a new one.';
const RESET_REMEDY = 'These links work once, for 30 minutes. Ask for a new one under “Forgot your password?”.';

/** The fragment is never sent anywhere by the browser; it leaves the address when the link has been used. */
const tokenOfLink = () => location.hash.slice(1);

/** @param {(fields: Record<string, string>) => Promise<void>} send */
function formPage(name, send) {
  const page = view(name);
  onSubmit(page.querySelector('form'), (data) => {
    const fields = [...data].map(([field, text]) => [field, field === 'password' ? text : text.trim()]);
    return send(Object.fromEntries(fields.filter(([, text]) => text !== '')));
  });
  return page;
}

/** @returns whether it worked; a link that is over gets a page of its own */
async function useLink(path, body, remedy, whenNotFound = 'It has been used, or has expired.') {
  try {
    await callPublic('POST', path, body);
    return true;
  } catch (error) {
    if (!(error instanceof Failure) || !['token_used_or_expired', 'not_found'].includes(error.code)) throw error;
    const isNotFound = error.code === 'not_found';
    place(deadLink(isNotFound ? whenNotFound : 'It has been used, or has expired.', isNotFound ? '' : remedy));
    return false;
  }
}

function deadLink(reason, remedy) {
  const page = view('dead-link');
  fill(page, { reason, remedy });
  return page;
}
