/** The form that makes a key: name, environment, scopes, then the optional bounds. */
import { call, Failure, repeatablePost } from './api.js';
import { fill, part, view } from './dom.js';
import { chosenExpiry, offerExpiry } from './expiry.js';
import { markField, onSubmit } from './form.js';
import { showSecret } from './secret.js';

export async function newKeyPage(session) {
  if (!session.may('api_key.create')) throw new Failure('Your role may not create keys. Ask an owner or admin of the organization.');
  const { data: catalog } = await call('GET', '/v1/scopes');
  const page = view('new-key');
  const form = page.querySelector('form');
  offerScopes(form, catalog, session);
  offerExpiry(form);
  const create = repeatablePost('/v1/api-keys');
  onSubmit(form, async (data) => {
    if (!data.has('scopes')) {
      markField(form, 'scopes', 'Choose what the key may do.');
      form.querySelector('[aria-invalid]').focus();
      return;
    }
    const issued = await create(data, bodyOf);
    showSecret(issued, session, { title: `${issued.name} is ready` });
  });
  return page;
}

function bodyOf(data) {
  const allowedIps = data
    .get('allowedIps')
    .split(/[\s,]+/)
    .filter(Boolean);
  const expiresAt = chosenExpiry(data);
  return {
    name: data.get('name').trim(),
    environment: data.get('environment'),
    scopes: data.getAll('scopes'),
    ...(allowedIps.length > 0 ? { allowedIps } : {}),
    ...(expiresAt === null ? {} : { expiresAt }),
  };
}

/** Only what the person holds: nobody gives what they do not have. */
function offerScopes(form, catalog, { may }) {
  const offered = catalog.filter(({ name, grantableToKeys }) => grantableToKeys && may(name));
  const groups = part(form, 'groups');
  for (const [title, scopes] of groupsOf(offered)) groups.append(scopeGroup(title, scopes));
  const first = groups.querySelector('details');
  if (first) first.open = true;
  if (!may('*')) part(form, 'everything').remove();
  form.addEventListener('change', ({ target }) => {
    if (target.name !== 'scopes') return;
    const hasAll = new FormData(form).getAll('scopes').includes('*');
    part(form, 'warning').textContent = hasAll
      ? 'Whoever holds this key can do everything that you can: make and revoke keys, too. Choose single scopes unless you have a reason not to.'
      : '';
  });
}

/** `send_sms` and `send_email` are one group, `api_key.read` and `api_key.create` another; undotted names come first. */
function groupsOf(scopes) {
  const groups = new Map();
  for (const scope of scopes) {
    const title = titleOf(scope.name);
    groups.set(title, [...(groups.get(title) ?? []), scope]);
  }
  const isDotted = ([, [first]]) => Number(first.name.includes('.'));
  return [...groups].toSorted((a, b) => isDotted(a) - isDotted(b));
}

function titleOf(name) {
  const family = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : name.split('_', 1)[0];
  const words = family.replaceAll(/[._]/g, ' ').replace(/^api\b/, 'API');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function scopeGroup(title, scopes) {
  const group = view('scope-group');
  fill(group, { title });
  part(group, 'scopes').setAttribute('aria-label', title);
  part(group, 'scopes').append(...scopes.map(scopeChoice));
  const count = () => {
    part(group, 'count').textContent = `${group.querySelectorAll(':checked').length} of ${scopes.length}`;
  };
  group.addEventListener('change', count);
  count();
  return group;
}

function scopeChoice({ name, description }) {
  const choice = view('scope');
  choice.querySelector('input').value = name;
  fill(choice, { name, description });
  return choice;
}
