import type { Fleet, Person } from './fleet';
import type { Probe } from './hammer';
import type { Reply } from './kept-connections';

/** A credential that works, and what takes it, or something of it, away. */
export interface Takeaway {
  readonly probe: Probe;
  takeAway(): Promise<Reply>;
  /** When it holds at the earliest, where the change itself says so: milliseconds since 1970. */
  readonly notBefore?: () => number;
}

const READS_ROLES = '/v1/roles/auditor';

/** Whatever takes away, each over whichever replica is next. */
export const TAKEAWAYS: Readonly<Record<string, (fleet: Fleet, by: Person) => Promise<Takeaway>>> = {
  'a key is revoked': (fleet, by) => ofKey(fleet, by, ({ id }) => fleet.must(200, 'POST', `${keyPath(id)}/revoke`, { as: by.token })),
  'a key is disabled': (fleet, by) => ofKey(fleet, by, ({ id }) => fleet.must(200, 'POST', `${keyPath(id)}/disable`, { as: by.token })),
  'a key is rotated': (fleet, by) =>
    ofKey(fleet, by, ({ id }) => fleet.must(201, 'POST', `${keyPath(id)}/rotate`, { as: by.token, body: {} })),
  'scopes of a key are narrowed': (fleet, by) => ofKey(fleet, by, patched(fleet, by, { scopes: [] })),
  'addresses of a key are narrowed': (fleet, by) => ofKey(fleet, by, patched(fleet, by, { allowedIps: ['198.51.100.1'] })),
  'a key expires earlier': async (fleet, by) => {
    let expiresAt = 0;
    const story = await ofKey(fleet, by, (key) => {
      expiresAt = Date.now() + 400;
      return patched(fleet, by, { expiresAt: new Date(expiresAt).toISOString() })(key);
    });
    return { ...story, notBefore: () => expiresAt };
  },
  'a member is removed, with a key': async (fleet, by) => {
    const person = await fleet.member(by, 'developer');
    const key = await fleet.issueKey(by, { scopes: ['role.read'], owner: { type: 'user', id: person.userId } });
    const takeAway = () => fleet.must(204, 'DELETE', `/v1/members/${person.userId}`, { as: by.token });
    return { probe: { path: '/v1/whoami', as: key.key }, takeAway };
  },
  'a role is narrowed, with a key of an account that has it': async (fleet, by) => {
    const role = await aRole(fleet, by);
    const { key } = await ofService(fleet, by, role);
    const body = { scopes: ['api_key.read'] };
    const takeAway = () => fleet.must(200, 'PATCH', `/v1/roles/${role}`, { as: by.token, body });
    return { probe: { path: READS_ROLES, as: key }, takeAway };
  },
  'a service account is disabled, with a key': async (fleet, by) => {
    const { key, path } = await ofService(fleet, by, 'auditor');
    return {
      probe: { path: READS_ROLES, as: key },
      takeAway: () => fleet.must(200, 'PATCH', path, { as: by.token, body: { disabled: true } }),
    };
  },
  'a service account is deleted, with a key': async (fleet, by) => {
    const { key, path } = await ofService(fleet, by, 'auditor');
    return { probe: { path: READS_ROLES, as: key }, takeAway: () => fleet.must(204, 'DELETE', path, { as: by.token }) };
  },
  'an organization is suspended, with a key': async (fleet, by) => {
    const { id, token } = await anOrganization(fleet, by);
    const key = await fleet.issueKey({ ...by, token }, { scopes: ['role.read'], owner: { type: 'organization', id } });
    const takeAway = () => fleet.must(200, 'PATCH', `/v1/organizations/${id}`, { as: by.token, body: { status: 'suspended' } });
    return { probe: { path: READS_ROLES, as: key.key }, takeAway };
  },
  'an organization is deleted, with a key': async (fleet, by) => {
    const { id, token } = await anOrganization(fleet, by);
    const key = await fleet.issueKey({ ...by, token }, { scopes: ['role.read'], owner: { type: 'organization', id } });
    const takeAway = () => fleet.must(204, 'DELETE', `/v1/organizations/${id}`, { as: token });
    return { probe: { path: READS_ROLES, as: key.key }, takeAway };
  },
  'a session signs out': async (fleet, by) => {
    const { token } = await fleet.member(by, 'auditor');
    return { probe: { path: '/v1/whoami', as: token }, takeAway: () => fleet.must(204, 'POST', '/v1/auth/logout', { as: token }) };
  },
  'a person deletes their account, with a key': async (fleet, by) => {
    const person = await fleet.member(by, 'developer');
    const key = await fleet.issueKey(person, {});
    const takeAway = () => fleet.must(204, 'DELETE', '/v1/users/me', { as: person.token, body: { password: person.password } });
    return { probe: { path: '/v1/whoami', as: key.key }, takeAway };
  },
};

type Key = Awaited<ReturnType<Fleet['issueKey']>>;

const keyPath = (id: string): string => `/v1/api-keys/${id}`;

const patched =
  (fleet: Fleet, by: Person, body: object) =>
  ({ id }: Key): Promise<Reply> =>
    fleet.must(200, 'PATCH', keyPath(id), { as: by.token, body });

async function ofKey(fleet: Fleet, by: Person, takeAway: (key: Key) => Promise<Reply>): Promise<Takeaway> {
  const key = await fleet.issueKey(by, { scopes: ['role.read'] });
  return { probe: { path: READS_ROLES, as: key.key }, takeAway: () => takeAway(key) };
}

async function ofService(fleet: Fleet, by: Person, role: string): Promise<{ key: string; path: string }> {
  const body = { name: `robot ${++count}`, role };
  const account = await fleet.must(201, 'POST', '/v1/service-accounts', { as: by.token, body });
  const id = account.body['id'] as string;
  const { key } = await fleet.issueKey(by, { scopes: ['role.read'], owner: { type: 'service_account', id } });
  return { key, path: `/v1/service-accounts/${id}` };
}

async function aRole(fleet: Fleet, by: Person): Promise<string> {
  const body = { name: `role ${++count}`, description: '', scopes: ['role.read', 'api_key.read'] };
  return (await fleet.must(201, 'POST', '/v1/roles', { as: by.token, body })).body['id'] as string;
}

async function anOrganization(fleet: Fleet, by: Person): Promise<{ id: string; token: string }> {
  const made = await fleet.must(201, 'POST', '/v1/organizations', { as: by.token, body: { name: `organization ${++count}` } });
  const id = made.body['id'] as string;
  const body = { organizationId: id, transport: 'bearer' };
  const switched = await fleet.must(200, 'POST', '/v1/auth/switch-organization', { as: by.token, body });
  return { id, token: switched.body['accessToken'] as string };
}

let count = 0;
