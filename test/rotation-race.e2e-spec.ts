import { KeystileApp, type TestPerson } from '../src/testing';

const ROUNDS = 100;
const AT_ONCE = 20;

describe('one key, many hands', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  beforeAll(async () => {
    app = await KeystileApp.start();
    owner = await app.owner();
  });
  afterAll(() => app.stop());

  it(`A17.1 of ${AT_ONCE} rotations at once exactly one wins, ${ROUNDS} times`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id, key } = await app.issueKey({ name: `round ${round}` });
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, () => app.post(`/v1/api-keys/${id}/rotate`, { as: owner.token, body: {} })),
      );
      const winners = answers.filter(({ status }) => status === 201);
      expect(winners).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(AT_ONCE - 1);
      expect((await app.get('/v1/whoami', { as: key })).status).toBe(401);
      expect((await app.get('/v1/whoami', { as: winners[0]!.body.key as string })).status).toBe(200);
      const credentials = (await app.get(`/v1/api-keys/${id}`, { as: owner.token })).body.credentials as Array<{ state: string }>;
      expect(credentials.map(({ state }) => state)).toEqual(['active', 'retired']);
      const events = await app.get(`/v1/audit-events?targetId=${id}&action=api_key.rotated`, { as: owner.token });
      expect(events.body.data).toHaveLength(1);
    }
  }, 300_000);

  it('A05.5 revoke and rotate at once leave the old secret dead, whichever comes first', async () => {
    for (let round = 0; round < 20; round++) {
      const { id, key } = await app.issueKey();
      const [revoked, rotated] = await Promise.all([
        app.post(`/v1/api-keys/${id}/revoke`, { as: owner.token, body: {} }),
        app.post(`/v1/api-keys/${id}/rotate`, { as: owner.token, body: {} }),
      ]);
      expect(revoked.status).toBe(200);
      expect([201, 409]).toContain(rotated.status);
      expect((await app.get('/v1/whoami', { as: key })).status).toBe(401);
      if (rotated.status === 201)
        expect((await app.get('/v1/whoami', { as: rotated.body.key as string })).body.code).toBe('api_key_revoked');
    }
  }, 60_000);

  it('A17.1 a rotation never undoes what an edit took away at the same moment', async () => {
    for (let round = 0; round < 30; round++) {
      const { id } = await app.issueKey({ scopes: ['send_sms', 'send_email'] });
      const [edited, rotated] = await Promise.all([
        app.patch(`/v1/api-keys/${id}`, { as: owner.token, body: { scopes: ['send_sms'] } }),
        app.post(`/v1/api-keys/${id}/rotate`, { as: owner.token, body: {} }),
      ]);
      expect([edited.status, rotated.status]).toEqual([200, 201]);
      expect((await app.get(`/v1/api-keys/${id}`, { as: owner.token })).body.scopes).toEqual(['send_sms']);
      expect((await app.get('/v1/whoami', { as: rotated.body.key as string })).body.scopes).toEqual(['send_sms']);
      const held = await app.get('/v1/api-keys?scope=send_email&limit=100', { as: owner.token });
      expect((held.body.data as Array<{ id: string }>).map((key) => key.id)).not.toContain(id);
    }
  }, 60_000);

  it('two edits at once never mix: one wins, or both in turn', async () => {
    const { id } = await app.issueKey();
    const edits = await Promise.all(
      Array.from({ length: 10 }, (_unused, i) =>
        app.patch(`/v1/api-keys/${id}`, { as: owner.token, body: { name: `n${i}`, description: `d${i}` } }),
      ),
    );
    expect(edits.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(edits.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(5);
    const { body } = await app.get(`/v1/api-keys/${id}`, { as: owner.token });
    expect(body.description).toBe((body.name as string).replace('n', 'd'));
  });
});
