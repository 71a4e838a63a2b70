/** The one moment at which a secret is shown. It stays on the page until somebody has it, and is nowhere afterwards. */
import { copyText, element, fill, openDialog, part, say, view } from './dom.js';
import { askBeforeLeaving, go, place } from './router.js';

/** @param {{ title: string, overlap?: string }} words `overlap` tells what becomes of the old secret */
export function showSecret(issued, session, { title, overlap }) {
  const page = view('secret');
  fill(page, { title, key: issued.key });
  if (overlap) {
    part(page, 'overlap').hidden = false;
    part(page, 'overlap').textContent = overlap;
  }
  part(page, 'examples').append(...examplesFor(issued, session).map(exampleElement));
  // Neither a reload nor a step back through the history comes here again.
  history.replaceState(null, '', '/api-management');
  askBeforeLeaving(confirmLeaving);
  part(page, 'copy').addEventListener('click', () => copyKey(page, issued.key));
  part(page, 'key').addEventListener('copy', () => askBeforeLeaving(undefined));
  part(page, 'stored').addEventListener('change', ({ target }) => askBeforeLeaving(target.checked ? undefined : confirmLeaving));
  part(page, 'done').addEventListener('click', () => go('/api-management'));
  part(page, 'copy').dataset.focus = '';
  place(page);
}

async function copyKey(page, key) {
  if (!(await copyText(key, part(page, 'key')))) {
    say('This browser does not let the page copy. The key is selected: copy it by hand.');
    return;
  }
  askBeforeLeaving(undefined);
  part(page, 'copy').textContent = 'Copied';
  say('The key is in the clipboard. Store it now.');
}

const confirmLeaving = async () => (await openDialog(view('leave'))) === 'leave';

/** Commands that work as they are, on this installation and with this key. */
function examplesFor({ key, scopes, environment, allowedIps }, { person }) {
  const { origin } = location;
  const from = allowedIps.length > 0 ? ` It works from ${allowedIps.join(', ')} only.` : '';
  const whoami = {
    purpose: `Ask the service whose key it is.${from}`,
    command: `curl -i ${origin}/v1/whoami -H "Authorization: Bearer ${key}"`,
  };
  if (!scopes.includes('send_email') && !scopes.includes('*')) return [whoami];
  const mail = JSON.stringify({ to: [person.email], subject: 'Hello', text: 'My first message.' }).replaceAll("'", String.raw`'\''`);
  const command = `curl -i ${origin}/email -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" -d '${mail}'`;
  const where = environment === 'test' ? ' With a test key it stays in the outbox.' : '';
  return [whoami, { purpose: `Send yourself an e-mail.${where}`, command }];
}

function exampleElement({ purpose, command }) {
  const example = view('example');
  fill(example, { purpose });
  part(example, 'command').append(...command.split(/(?= -)/).map((argument) => element('span', argument, { class: 'argument' })));
  const copy = part(example, 'copy');
  copy.setAttribute('aria-label', `Copy the command: ${purpose}`);
  copy.addEventListener('click', async () => {
    const isCopied = await copyText(command, part(example, 'command'));
    say(isCopied ? 'The command is in the clipboard.' : 'The command is selected: copy it by hand.');
  });
  return example;
}
