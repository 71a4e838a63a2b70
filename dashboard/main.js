/** The dashboard: signs a person in and does what the public API lets that person do. */
import { call, SignedOut } from './api.js';
import { callPage, callsPage } from './calls.js';
import { part, view } from './dom.js';
import { keysPage } from './keys.js';
import { newKeyPage } from './new-key.js';
import { acceptInvitationPage, forgotPasswordPage, resetPasswordPage, setupPage, signInPage } from './people.js';
import { go, isLeavingGuarded, mayLeave, report, show, startRouter } from './router.js';
import { hearOtherTabs, loadSession, tellOtherTabs } from './session.js';

const HOME = '/api-management';

/** Pages for everybody. */
const OPEN_PAGES = new Map([
  [`${HOME}/setup`, setupPage],
  [`${HOME}/accept-invitation`, acceptInvitationPage],
  [`${HOME}/forgot-password`, forgotPasswordPage],
  [`${HOME}/reset-password`, resetPasswordPage],
]);

/** Pages for whoever is signed in; anybody else is asked to sign in, at the same address. */
const SESSION_PAGES = [
  { path: /^\/api-management\/new-key$/, section: 'keys', open: newKeyPage },
  { path: /^\/api-management\/calls$/, section: 'calls', open: callsPage },
  { path: /^\/api-management\/calls\/[^/]+$/, section: 'calls', open: callPage },
  { path: /^/, section: 'keys', open: keysPage },
];

let signedInId;

async function openPage() {
  try {
    const openPublic = OPEN_PAGES.get(location.pathname);
    if (openPublic) {
      showHeader();
      return openPublic();
    }
    const { section, open } = SESSION_PAGES.find(({ path }) => path.test(location.pathname));
    const session = await loadSession();
    const page = await open(session);
    showHeader(session, section);
    return page;
  } catch (error) {
    if (!(error instanceof SignedOut)) return failurePage(error);
    showHeader();
    return signInPage();
  }
}

function failurePage(error) {
  const page = view('failure');
  part(page, 'reason').textContent = error.message;
  part(page, 'again').addEventListener('click', () => show());
  return page;
}

const pages = document.getElementById('pages');
const account = document.getElementById('account');

function showHeader(session, section) {
  signedInId = session?.id;
  pages.hidden = account.hidden = !session;
  if (!session) return;
  part(account, 'person').textContent = session.person.name;
  part(account, 'organization').textContent = session.organizationName;
  for (const link of pages.children) {
    if (link.dataset.page === section) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  pages.querySelector('[data-page="calls"]').hidden = !session.may('call_log.read');
}

part(account, 'sign-out').addEventListener('click', async () => {
  if (!(await mayLeave())) return;
  try {
    await call('POST', '/v1/auth/logout');
  } catch (error) {
    // Over already is what was asked for.
    if (!(error instanceof SignedOut)) return report(error);
  }
  tellOtherTabs('signed-out');
  await go(HOME, { outcome: 'You are signed out.' });
});

hearOtherTabs((what) => {
  // A secret that nobody has copied stays; the next step finds the session as it is.
  if (isLeavingGuarded()) return;
  if (what === 'signed-out' && signedInId) void show('You signed out in another tab.');
  if (what === 'signed-in' && !signedInId && !OPEN_PAGES.has(location.pathname)) void show();
});

await startRouter(openPage);
