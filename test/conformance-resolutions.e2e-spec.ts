import { KeystileApp } from '../src/testing';

/** Where the five documents contradict each other or themselves, and the service itself is one of the sides. */
describe('what the service takes of two readings', () => {
  let app: KeystileApp;
  let token: string;
  beforeAll(async () => {
    app = await KeystileApp.start();
    ({ token } = await app.owner());
  });
  afterAll(() => app?.stop());

  const whoami = async (key: string): Promise<number> => (await app.get('/v1/whoami', { as: key })).status;

  it('resolution 4 T29 by hand: issue the new key, deploy it, then revoke the old one', async () => {
    const old = await app.issueKey({ name: 'production' });
    const next = await app.issueKey({ name: 'production' });
    expect([await whoami(old.key), await whoami(next.key)]).toEqual([200, 200]);
    expect((await app.post(`/v1/api-keys/${old.id}/revoke`, { as: token, body: {} })).status).toBe(200);
    expect([await whoami(old.key), await whoami(next.key)]).toEqual([401, 200]);
  });

  it('resolution 4 a rotation without a word about overlap ends the old secret at once, one with it does not', async () => {
    const [atOnce, later] = [await app.issueKey(), await app.issueKey()];
    await app.post(`/v1/api-keys/${atOnce.id}/rotate`, { as: token, body: {} });
    await app.post(`/v1/api-keys/${later.id}/rotate`, { as: token, body: { overlapSeconds: 60 } });
    expect([await whoami(atOnce.key), await whoami(later.key)]).toEqual([401, 200]);
  });

  it('resolution 12 DELETE is another word for revoke: the key ends, and its row stays for the records', async () => {
    const { id, key } = await app.issueKey({ name: 'deleted' });
    const deleted = await app.delete(`/v1/api-keys/${id}`, { as: token });
    expect(deleted).toMatchObject({ status: 200, body: { id, status: 'revoked' } });
    expect(await whoami(key)).toBe(401);
    expect((await app.get(`/v1/api-keys/${id}`, { as: token })).body).toMatchObject({ name: 'deleted', status: 'revoked' });
    const events = await app.get(`/v1/audit-events?targetId=${id}&action=api_key.*`, { as: token });
    expect(events.body.data.map(({ action }: { action: string }) => action)).toEqual(['api_key.revoked', 'api_key.created']);
  });

  it('resolution 15 a key says whose it is, and beside that who made it: a person or a key', async () => {
    const { userId } = await app.owner();
    const parent = await app.issueKey({ scopes: ['api_key.create', 'api_key.read'] });
    const child = await app.post('/v1/api-keys', { as: parent.key, body: { name: 'child', scopes: [] } });
    expect(child.body).toMatchObject({ owner: { type: 'user', id: userId }, createdBy: parent.id });
    expect((await app.get(`/v1/api-keys/${parent.id}`, { as: token })).body).toMatchObject({ createdBy: userId });
  });

  it('resolution 19 the environment of a key decides its prefix, and a prefix changed by hand decides nothing', async () => {
    const test = await app.issueKey({ environment: 'test' });
    expect(test.key).toMatch(/^ks_test_/);
    expect((await app.issueKey()).key).toMatch(/^ks_live_/);
    expect((await app.get('/v1/whoami', { as: test.key })).body).toMatchObject({ environment: 'test' });
    expect(await whoami(test.key.replace('ks_test_', 'ks_live_'))).toBe(401);
  });
});
