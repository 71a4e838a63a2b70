import { KeystileApp, type TestKey, type TestPerson } from '../src/testing';
import { countStatements } from './support/statements';

/** Somebody whose credential is remembered, and what takes it away from them. */
interface Story {
  /** A key, or an access token. */
  readonly credential: string;
  takeAway(): Promise<{ readonly status: number; readonly text: string }>;
  readonly refused: readonly [status: number, code: string];
  /** What gives it back. */
  giveBack?(): Promise<{ readonly status: number; readonly text: string }>;
}

const PATH = '/v1/roles/auditor';
const ELSEWHERE = ['198.51.100.1'];
/** What a credential is looked up by. */
const LOOK_UP = /^SELECT[^]*FROM ["`]?(?:api_key_credentials|keystile_sessions)/;

describe('what has been taken away while it was remembered', () => {
  let app: KeystileApp;
  let operator: TestPerson;
  let admin: TestPerson;
  let lookUps: () => number;

  beforeAll(async () => {
    app = await KeystileApp.start();
    lookUps = countStatements(app.service.database, LOOK_UP);
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    app.clock.move({ minutes: 20 });
    operator = await app.owner();
    admin = await app.otherOrganization();
  });

  const read = async (as: string): Promise<[status: number, code: unknown]> => {
    const answer = await app.get(PATH, { as });
    return [answer.status, answer.body.code];
  };
  const remembered = async (credential: string): Promise<void> => {
    expect(await read(credential)).toEqual([200, undefined]);
    const before = lookUps();
    expect(await read(credential)).toEqual([200, undefined]);
    expect(lookUps()).toBe(before);
  };
  const made = async (key: TestKey, change: (path: string) => Promise<{ status: number; text: string }>) => ({
    credential: key.key,
    takeAway: () => change(`/v1/api-keys/${key.id}`),
  });
  const aKey = (body: object = {}, by = admin): Promise<TestKey> => app.issueKey({ scopes: ['role.read'], ...body }, by);
  const changed = (body: object) => async (path: string) => app.patch(path, { as: admin.token, body });
  const by =
    (verb: string, body: object = {}) =>
    async (path: string) =>
      app.post(`${path}/${verb}`, { as: admin.token, body });
  const ofService = async (role = 'auditor'): Promise<{ key: TestKey; path: string }> => {
    const { body } = await app.post('/v1/service-accounts', { as: admin.token, body: { name: `robot ${++count}`, role } });
    return {
      key: await aKey({ owner: { type: 'service_account', id: body.id } }),
      path: `/v1/service-accounts/${body.id}`,
    };
  };
  const aRole = async (): Promise<{ id: string; path: string }> => {
    const { body } = await app.post('/v1/roles', {
      as: admin.token,
      body: { name: `role ${++count}`, description: '', scopes: ['role.read', 'api_key.*'] },
    });
    return { id: body.id as string, path: `/v1/roles/${body.id}` };
  };
  const organization = (): string => `/v1/organizations/${admin.organizationId}`;
  let count = 0;

  const stories: Readonly<Record<string, () => Promise<Story>>> = {
    'a key that is revoked': async () => ({ ...(await made(await aKey(), by('revoke'))), refused: [401, 'api_key_revoked'] }),
    'a key that is disabled, and enabled again': async () => {
      const key = await aKey();
      return {
        ...(await made(key, by('disable'))),
        refused: [401, 'api_key_disabled'],
        giveBack: () => by('enable')(`/v1/api-keys/${key.id}`),
      };
    },
    'the secret of a key that is rotated': async () => ({ ...(await made(await aKey(), by('rotate'))), refused: [401, 'api_key_revoked'] }),
    'an old secret that is ended before its overlap is over': async () => {
      const key = await aKey();
      expect((await by('rotate', { overlapSeconds: 3_600 })(`/v1/api-keys/${key.id}`)).status).toBe(201);
      return { ...(await made(key, by(`credentials/${key.prefix}/retire`))), refused: [401, 'api_key_revoked'] };
    },
    'a scope of a key, and given back': async () => {
      const key = await aKey();
      return {
        ...(await made(key, changed({ scopes: [] }))),
        refused: [403, 'insufficient_scope'],
        giveBack: () => changed({ scopes: ['role.read'] })(`/v1/api-keys/${key.id}`),
      };
    },
    'an address of a key, and given back': async () => {
      const key = await aKey();
      return {
        ...(await made(key, changed({ allowedIps: ELSEWHERE }))),
        refused: [403, 'ip_not_allowed'],
        giveBack: () => changed({ allowedIps: ['127.0.0.1'] })(`/v1/api-keys/${key.id}`),
      };
    },
    'callers without a referrer': async () => ({
      ...(await made(await aKey(), changed({ allowedReferrers: ['https://app.example.com'] }))),
      refused: [403, 'referrer_not_allowed'],
    }),
    'an endpoint of a key': async () => ({
      ...(await made(await aKey(), changed({ allowedEndpoints: [{ method: 'GET', path: '/v1/whoami' }] }))),
      refused: [403, 'endpoint_not_allowed'],
    }),
    'days of a key': async () => {
      const expiresAt = new Date(app.clock.now().getTime() + 1_000).toISOString();
      const key = await aKey();
      const takeAway = async () => {
        const answer = await changed({ expiresAt })(`/v1/api-keys/${key.id}`);
        app.clock.move({ seconds: 1 });
        return answer;
      };
      return { credential: key.key, takeAway, refused: [401, 'api_key_expired'] };
    },
    'calls of a key': async () => {
      const key = await aKey();
      const takeAway = async () => {
        const answer = await changed({ rateLimit: { limit: 1, windowSeconds: 60 } })(`/v1/api-keys/${key.id}`);
        expect(await read(key.key)).toEqual([200, undefined]);
        return answer;
      };
      return { credential: key.key, takeAway, refused: [429, 'rate_limited'] };
    },
    'the place of a person in the organization, with a key of theirs': async () => {
      const person = await app.member('auditor', { by: admin });
      const key = await aKey({ owner: { type: 'user', id: person.userId } });
      const takeAway = () => app.delete(`/v1/members/${person.userId}`, { as: admin.token });
      return { credential: key.key, takeAway, refused: [401, 'api_key_revoked'] };
    },
    'the role of a person, with a key of theirs, and given back': async () => {
      const role = await aRole();
      const person = await app.member('auditor', { by: admin });
      const key = await aKey({ owner: { type: 'user', id: person.userId } });
      const become = (to: string) => app.patch(`/v1/members/${person.userId}`, { as: admin.token, body: { role: to } });
      const empty = await app.patch(role.path, { as: admin.token, body: { scopes: ['api_key.read'] } });
      expect(empty.status).toBe(200);
      return {
        credential: key.key,
        takeAway: () => become(role.id),
        refused: [403, 'insufficient_scope'],
        giveBack: () => become('auditor'),
      };
    },
    'a scope of the role of a key’s owner, and given back': async () => {
      const role = await aRole();
      const { key } = await ofService(role.id);
      const become = (scopes: string[]) => app.patch(role.path, { as: admin.token, body: { scopes } });
      return {
        credential: key.key,
        takeAway: () => become(['api_key.read']),
        refused: [403, 'insufficient_scope'],
        giveBack: () => become(['role.read']),
      };
    },
    'the role of a service account, with a key of its': async () => {
      const role = await aRole();
      const { key, path } = await ofService();
      await app.patch(role.path, { as: admin.token, body: { scopes: ['api_key.read'] } });
      return {
        credential: key.key,
        takeAway: () => app.patch(path, { as: admin.token, body: { role: role.id } }),
        refused: [403, 'insufficient_scope'],
      };
    },
    'a service account that is disabled, and enabled again': async () => {
      const { key, path } = await ofService();
      const set = (disabled: boolean) => app.patch(path, { as: admin.token, body: { disabled } });
      return { credential: key.key, takeAway: () => set(true), refused: [401, 'owner_inactive'], giveBack: () => set(false) };
    },
    'a service account that is deleted': async () => {
      const { key, path } = await ofService();
      return { credential: key.key, takeAway: () => app.delete(path, { as: admin.token }), refused: [401, 'api_key_revoked'] };
    },
    'an organization that is suspended, with a key, and given back': async () => {
      const { key } = await aKey({ owner: { type: 'organization', id: admin.organizationId } });
      const set = (status: string) => app.patch(organization(), { as: operator.token, body: { status } });
      return {
        credential: key,
        takeAway: () => set('suspended'),
        refused: [403, 'organization_suspended'],
        giveBack: () => set('active'),
      };
    },
    'an organization that is deleted, with a key': async () => {
      const { key } = await aKey();
      return { credential: key, takeAway: () => app.delete(organization(), { as: admin.token }), refused: [401, 'owner_inactive'] };
    },
    'an account that its person deletes, with a key': async () => {
      const person = await app.member('developer', { by: admin });
      const { key } = await aKey({}, person);
      const takeAway = () => app.delete('/v1/users/me', { as: person.token, body: { password: person.password } });
      return { credential: key, takeAway, refused: [401, 'api_key_revoked'] };
    },
    'a session that its person ends': async () => {
      const person = await app.member('auditor', { by: admin });
      const elsewhere = await app.login(person.email);
      const { body } = await app.get('/v1/users/me/sessions', { as: elsewhere.token });
      const { id } = (body.data as Array<{ id: string; current: boolean }>).find(({ current }) => !current)!;
      const takeAway = () => app.delete(`/v1/users/me/sessions/${id}`, { as: elsewhere.token });
      return { credential: person.token, takeAway, refused: [401, 'invalid_token'] };
    },
    'a session that signs out': async () => {
      const { token } = await app.member('auditor', { by: admin });
      return { credential: token, takeAway: () => app.post('/v1/auth/logout', { as: token }), refused: [401, 'invalid_token'] };
    },
    'a session whose refresh token is used twice': async () => {
      const person = await app.member('auditor', { by: admin });
      const refresh = () => app.post('/v1/auth/refresh', { body: { refreshToken: person.refreshToken } });
      expect((await refresh()).status).toBe(200);
      app.clock.move({ seconds: 11 });
      const takeAway = async () => ({ ...(await refresh()), status: 204 });
      return { credential: person.token, takeAway, refused: [401, 'invalid_token'] };
    },
    'the other sessions of somebody who changes their password': async () => {
      const person = await app.member('auditor', { by: admin });
      const { token: as } = await app.login(person.email);
      const body = { currentPassword: person.password, newPassword: 'another horse battery' };
      return { credential: person.token, takeAway: () => app.post('/v1/users/me/password', { as, body }), refused: [401, 'invalid_token'] };
    },
    'the session of somebody who is removed': async () => {
      const person = await app.member('auditor', { by: admin });
      const takeAway = () => app.delete(`/v1/members/${person.userId}`, { as: admin.token });
      return { credential: person.token, takeAway, refused: [401, 'invalid_token'] };
    },
    'the role of somebody who is signed in, and given back': async () => {
      const role = await aRole();
      await app.patch(role.path, { as: admin.token, body: { scopes: ['api_key.read'] } });
      const person = await app.member('auditor', { by: admin });
      const become = (to: string) => app.patch(`/v1/members/${person.userId}`, { as: admin.token, body: { role: to } });
      return {
        credential: person.token,
        takeAway: () => become(role.id),
        refused: [403, 'insufficient_scope'],
        giveBack: () => become('auditor'),
      };
    },
    'a scope of the role of somebody who is signed in': async () => {
      const role = await aRole();
      const person = await app.member(role.id, { by: admin });
      const takeAway = () => app.patch(role.path, { as: admin.token, body: { scopes: ['api_key.read'] } });
      return { credential: person.token, takeAway, refused: [403, 'insufficient_scope'] };
    },
    'an organization that is suspended, with people in it, and given back': async () => {
      const { token } = await app.member('auditor', { by: admin });
      const set = (status: string) => app.patch(organization(), { as: operator.token, body: { status } });
      return {
        credential: token,
        takeAway: () => set('suspended'),
        refused: [403, 'organization_suspended'],
        giveBack: () => set('active'),
      };
    },
    'an organization that is deleted, with people in it': async () => {
      const { token } = await app.member('auditor', { by: admin });
      return { credential: token, takeAway: () => app.delete(organization(), { as: admin.token }), refused: [401, 'invalid_token'] };
    },
    'an account that its person deletes, with a session elsewhere': async () => {
      const person = await app.member('auditor', { by: admin });
      const { token: as } = await app.login(person.email);
      const takeAway = () => app.delete('/v1/users/me', { as, body: { password: person.password } });
      return { credential: person.token, takeAway, refused: [401, 'invalid_token'] };
    },
  };

  it.each(Object.keys(stories))('is refused with the next call: %s', async (name) => {
    const { credential, takeAway, refused, giveBack } = await stories[name]!();
    await remembered(credential);
    const taken = await takeAway();
    expect([200, 201, 204]).toContain(taken.status);
    expect(await read(credential)).toEqual(refused);
    if (!giveBack) return;
    const given = await giveBack();
    expect([200, 201, 204]).toContain(given.status);
    await remembered(credential);
  });
});
