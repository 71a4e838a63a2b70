import { type TemporaryDatabase, temporaryDatabase } from '../src/testing';
import { Fleet, type Person } from './support/fleet';
import type { Reply } from './support/kept-connections';

const server = process.env['TEST_DATABASE_URL'];
const PASSWORD = 'correct horse battery staple';

/** What may be done once, asked of two processes at the same time. */
(server ? describe : describe.skip)(`two replicas that are asked the same at once${server ? '' : ' (needs TEST_DATABASE_URL)'}`, () => {
  let database: TemporaryDatabase;
  let fleet: Fleet;
  let owner: Person;

  beforeAll(async () => {
    database = await temporaryDatabase();
    fleet = await Fleet.start({ replicas: 2, databaseUrl: database.url! });
  }, 120_000);

  afterAll(async () => {
    await fleet.stop();
    await database.drop();
  });

  type Options = NonNullable<Parameters<Fleet['replicas'][number]['calls']['send']>[2]>;
  const atOnce = (times: number, method: string, path: string, options: Options | ((i: number) => Options) = {}): Promise<Reply[]> =>
    Promise.all(
      Array.from({ length: times }, (_, i) =>
        fleet.replicas[i % 2]!.calls.send(method, path, typeof options === 'function' ? options(i) : options),
      ),
    );
  const counted = (replies: readonly Reply[]): Record<number, number> => {
    const counts: Record<number, number> = {};
    for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };

  it('A17: let one set the installation up', async () => {
    const tokens = fleet.replicas.map(({ setupLink }) => setupLink!.split('#')[1]!);
    const replies = await atOnce(6, 'POST', '/v1/setup', (i) => ({
      body: {
        token: tokens[i % 4 < 2 ? 0 : 1],
        email: `o${i}@example.com`,
        password: PASSWORD,
        name: 'O',
        organizationName: 'Acme',
        transport: 'bearer',
      },
    }));
    const first = replies.find(({ status }) => status === 201);
    expect(counted(replies)[201]).toBe(1);
    expect(replies.every(({ status }) => status === 201 || (status >= 400 && status < 500))).toBe(true);
    const as = first!.body['accessToken'] as string;
    const who = await fleet.must(200, 'GET', '/v1/whoami', { as });
    owner = { token: as, organizationId: who.body['organizationId'] as string, userId: who.body['id'] as string };
  });

  it('A17.4: make one key for one Idempotency-Key', async () => {
    const replies = await atOnce(12, 'POST', '/v1/api-keys', {
      as: owner.token,
      headers: { 'idempotency-key': 'the-same' },
      body: { name: 'made once', scopes: [] },
    });
    const made = new Set(replies.flatMap(({ status, body }) => (status === 201 ? [body['id']] : [])));
    expect(made.size).toBe(1);
    expect(replies.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const { body } = await fleet.must(200, 'GET', '/v1/api-keys?limit=100', { as: owner.token });
    expect((body['data'] as Array<{ name: string }>).filter(({ name }) => name === 'made once')).toHaveLength(1);
  });

  it('A17.1: let one of many rotations win, and the old secret is dead on both', async () => {
    for (let round = 0; round < 3; round++) {
      const key = await fleet.issueKey(owner);
      const replies = await atOnce(20, 'POST', `/v1/api-keys/${key.id}/rotate`, { as: owner.token });
      expect(counted(replies)).toEqual({ 201: 1, 409: 19 });
      const after = await atOnce(4, 'GET', '/v1/whoami', { as: key.key });
      expect(counted(after)).toEqual({ 401: 4 });
      const successor = replies.find(({ status }) => status === 201)!.body['key'] as string;
      expect(counted(await atOnce(4, 'GET', '/v1/whoami', { as: successor }))).toEqual({ 200: 4 });
    }
  });

  it('A17.2: revoke once, whatever else is asked for meanwhile', async () => {
    const key = await fleet.issueKey(owner);
    const [revokes, rotations] = await Promise.all([
      atOnce(10, 'POST', `/v1/api-keys/${key.id}/revoke`, { as: owner.token }),
      atOnce(10, 'POST', `/v1/api-keys/${key.id}/rotate`, { as: owner.token }),
    ]);
    expect([...revokes, ...rotations].every(({ status }) => status < 500)).toBe(true);
    const secrets = [key.key, ...rotations.flatMap(({ status, body }) => (status === 201 ? [body['key'] as string] : []))];
    for (const as of secrets) expect(counted(await atOnce(4, 'GET', '/v1/whoami', { as }))).toEqual({ 401: 4 });
    const events = await fleet.must(200, 'GET', `/v1/audit-events?action=api_key.revoked&targetId=${key.id}`, { as: owner.token });
    expect(events.body['data']).toHaveLength(1);
  });

  it('let one accept an invitation', async () => {
    const invited = await fleet.must(201, 'POST', '/v1/invitations', {
      as: owner.token,
      body: { email: 'twice@example.com', role: 'auditor' },
    });
    const replies = await atOnce(8, 'POST', '/v1/invitations/accept', {
      body: { token: invited.body['token'], name: 'Twice', password: PASSWORD, transport: 'bearer' },
    });
    expect(counted(replies)[201]).toBe(1);
    expect(replies.every(({ status }) => status === 201 || (status >= 400 && status < 500))).toBe(true);
    const { body } = await fleet.must(200, 'GET', '/v1/members?limit=100', { as: owner.token });
    expect((body['data'] as unknown[]).filter((member) => JSON.stringify(member).includes('twice@example.com'))).toHaveLength(1);
  });

  it('give one successor to a refresh token that two tabs use, and end the session where an older one comes back', async () => {
    const { email } = await fleet.member(owner, 'developer');
    const signedIn = await fleet.must(200, 'POST', '/v1/auth/login', { body: { email, password: PASSWORD, transport: 'bearer' } });
    const first = signedIn.body['refreshToken'] as string;
    const refreshed = await atOnce(8, 'POST', '/v1/auth/refresh', { body: { refreshToken: first } });
    expect(counted(refreshed)).toEqual({ 200: 8 });
    const successors = new Set(refreshed.map(({ body }) => body['refreshToken']));
    expect(successors.size).toBe(1);
    const second = await fleet.must(200, 'POST', '/v1/auth/refresh', { body: { refreshToken: [...successors][0] } });
    const reuse = await atOnce(2, 'POST', '/v1/auth/refresh', { body: { refreshToken: first } });
    expect(counted(reuse)).toEqual({ 401: 2 });
    expect(counted(await atOnce(2, 'POST', '/v1/auth/refresh', { body: { refreshToken: second.body['refreshToken'] } }))).toEqual({
      401: 2,
    });
    expect(counted(await atOnce(2, 'GET', '/v1/whoami', { as: second.body['accessToken'] as string }))).toEqual({ 401: 2 });
  });

  it('leave an owner, where two owners take the role from each other', async () => {
    for (let round = 0; round < 5; round++) {
      const other = await fleet.member(owner, 'owner');
      const [one, two] = await Promise.all([
        fleet.replicas[0]!.calls.send('PATCH', `/v1/members/${other.userId}`, { as: owner.token, body: { role: 'admin' } }),
        fleet.replicas[1]!.calls.send('PATCH', `/v1/members/${owner.userId}`, { as: other.token, body: { role: 'admin' } }),
      ]);
      expect([one.status, two.status].every((status) => status < 500)).toBe(true);
      expect([one.status, two.status].filter((status) => status === 200)).toHaveLength(1);
      if (two.status === 200) {
        const back = await fleet.must(200, 'PATCH', `/v1/members/${owner.userId}`, { as: other.token, body: { role: 'owner' } });
        expect(back.status).toBe(200);
        await fleet.must(200, 'PATCH', `/v1/members/${other.userId}`, { as: owner.token, body: { role: 'admin' } });
      }
    }
  });

  it('keep one audit chain through all of it', async () => {
    expect((await fleet.must(200, 'GET', '/v1/audit-events/verify', { as: owner.token })).body['valid']).toBe(true);
  });
});
