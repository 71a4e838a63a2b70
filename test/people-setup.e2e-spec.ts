import { KeystileApp } from '../src/testing';

const SETUP = { email: 'Olivia@Example.com', password: 'correct horse battery staple', name: 'Olivia', organizationName: 'Acme' };

describe('the first setup', () => {
  let app: KeystileApp;
  beforeEach(async () => {
    app = await KeystileApp.start();
  });
  afterEach(() => app.stop());

  const tokenOf = (link: string | null): string => link!.split('#')[1]!;
  const setUp = (token: string, changes: object = {}) => app.post('/v1/setup', { body: { token, ...SETUP, ...changes } });

  it('makes the operator, who owns the first organization and is signed in', async () => {
    const link = await app.service.mintSetupLink();
    expect(link).toMatch(/\/api-management\/setup#kso_[A-Za-z0-9_-]{43}$/);
    const answer = await setUp(tokenOf(link), { transport: 'bearer' });
    expect(answer.status).toBe(201);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toEqual({
      accessToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 900,
      refreshToken: expect.stringMatching(/^ksr_/),
    });
    const as = answer.body.accessToken as string;
    const { body: me } = await app.get('/v1/users/me', { as });
    expect(me).toMatchObject({ email: 'Olivia@Example.com', name: 'Olivia', operator: true });
    const { body: organizations } = await app.get('/v1/organizations', { as });
    expect(organizations.data).toEqual([expect.objectContaining({ name: 'Acme', role: 'owner', status: 'active' })]);
    expect(answer.headers.location).toBe(`/v1/organizations/${organizations.data[0].id}`);
    expect((await app.get('/v1/whoami', { as })).body).toMatchObject({ type: 'user', scopes: ['*'], environment: 'live' });
  });

  it('is over once there is an owner: no link, and 404 whatever the token', async () => {
    const [first, second] = [await app.service.mintSetupLink(), await app.service.mintSetupLink()];
    expect((await setUp(tokenOf(first))).status).toBe(201);
    expect(await app.service.mintSetupLink()).toBeNull();
    for (const token of [tokenOf(first), tokenOf(second), 'kso_nonsense']) {
      expect((await setUp(token, { email: 'another@example.com' })).status).toBe(404);
    }
  });

  it.each([
    { how: 'with one link', links: 1 },
    { how: 'with a link each', links: 10 },
  ])('A17.3 succeeds once of ten at the same moment, $how', async ({ links }) => {
    const minted: string[] = [];
    for (let i = 0; i < links; i++) minted.push(tokenOf(await app.service.mintSetupLink()));
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => setUp(minted[i % links]!, { email: `o${i}@example.com` })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array<number>(9).fill(404)]);
    const [{ users }] = await app.service.database.query('SELECT COUNT(*) AS users FROM keystile_users');
    expect(Number(users)).toBe(1);
  });

  it('refuses a link after half an hour, and one that it never printed', async () => {
    const link = await app.service.mintSetupLink();
    app.clock.move({ minutes: 30 });
    for (const token of [tokenOf(link), `kso_${'A'.repeat(43)}`]) {
      const answer = await setUp(token);
      expect(answer.status).toBe(400);
      expect(answer.body.code).toBe('token_used_or_expired');
    }
  });

  it('is limited by address', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 21; i++) statuses.push((await setUp('kso_nonsense')).status);
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(400));
    expect(statuses[20]).toBe(429);
  });

  it.each([
    { field: 'a short password', body: { password: 'eleven char' }, pointer: '/password' },
    { field: 'no e-mail address', body: { email: 'olivia' }, pointer: '/email' },
    { field: 'a blank name', body: { name: '   ' }, pointer: '/name' },
    { field: 'a NUL in the name', body: { name: 'a\u0000b' }, pointer: '/name' },
    { field: 'an object for a name', body: { organizationName: { $ne: 1 } }, pointer: '/organizationName' },
    { field: 'a field of ours', body: { operator: true }, pointer: '/operator' },
    { field: 'a transport that is null', body: { transport: null }, pointer: '/transport' },
  ])('A09.1 A11.2 refuses $field', async ({ body, pointer }) => {
    const answer = await setUp(tokenOf(await app.service.mintSetupLink()), body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([{ pointer, message: expect.any(String) }]);
  });
});
