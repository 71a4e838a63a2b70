/** Which page stands in the window. Addresses are paths; a fragment is only ever the token of a link that works once. */
import { SignedOut } from './api.js';
import { say } from './dom.js';

const content = document.getElementById('content');

let openPage;
let turn = 0;
let shownAddress = '';
let isFirst = true;
/** Asks whether to leave what is shown; `undefined` where nothing would be lost. */
let leaveQuestion;
let isAsking = false;

const address = () => location.pathname + location.search + location.hash;

/** @param {() => Promise<HTMLElement>} open makes the page for the address of the window */
export function startRouter(open) {
  openPage = open;
  document.addEventListener('click', followLink);
  window.addEventListener('popstate', () => void stepThroughHistory());
  window.addEventListener('beforeunload', (event) => {
    if (leaveQuestion) event.preventDefault();
  });
  return show();
}

/** Goes to a page of the dashboard. @param {{ outcome?: string, replace?: boolean }} [options] `outcome` is told on arrival */
export async function go(target, { outcome, replace = false } = {}) {
  if (!(await mayLeave())) return;
  history[replace || target === address() ? 'replaceState' : 'pushState'](null, '', target);
  await show(outcome);
}

/** Makes the page of this address anew. */
export async function show(outcome = '') {
  const mine = ++turn;
  content.setAttribute('aria-busy', 'true');
  const view = await openPage();
  // Somebody went elsewhere meanwhile.
  if (mine === turn) place(view, outcome);
}

/** Puts something else in the place of the page, without another address. */
export function place(view, outcome = '') {
  turn++;
  shownAddress = address();
  content.removeAttribute('aria-busy');
  content.replaceChildren(view);
  say(outcome);
  const heading = view.querySelector('h1');
  document.title = `${heading.textContent} · Keystile`;
  const target = view.querySelector('[data-focus]') ?? (isFirst ? view.querySelector('form input') : heading);
  target?.focus();
  if (!isFirst && target === heading) window.scrollTo(0, 0);
  isFirst = false;
}

/** @param {(() => Promise<boolean>) | undefined} question answers whether to leave; asked before anything replaces the page */
export function askBeforeLeaving(question) {
  leaveQuestion = question;
}

export const isLeavingGuarded = () => leaveQuestion !== undefined;

/** Tells what went wrong outside a form. */
export function report(error) {
  if (error instanceof SignedOut) void show('Your session has ended. Sign in to go on.');
  else say(error.message);
}

/** Whether the page may be replaced; asks where something would be lost. */
export async function mayLeave() {
  if (!leaveQuestion) return true;
  if (isAsking) return false;
  isAsking = true;
  try {
    if (!(await leaveQuestion())) return false;
    leaveQuestion = undefined;
    return true;
  } finally {
    isAsking = false;
  }
}

function followLink(event) {
  const link = event.target.closest('a[href]');
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  // The fragment of the address may be a token: it stays.
  if (link.getAttribute('href') === '#content') {
    event.preventDefault();
    content.focus();
  } else if (link.origin === location.origin && /^\/api-management(?:\/|$)/.test(link.pathname)) {
    event.preventDefault();
    void go(link.pathname + link.search);
  }
}

async function stepThroughHistory() {
  const target = address();
  if (!leaveQuestion) return show();
  history.pushState(null, '', shownAddress);
  return go(target);
}
