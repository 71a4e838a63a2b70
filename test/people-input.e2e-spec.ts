import { KeystileApp, type TestPerson } from '../src/testing';

const LETTERS_WITH_SELECTORS = 'a\ufe0f'.repeat(100);
/** One character that is three in NFC: a hundred of them do not fit into a folded name. */
const LETTERS_THAT_GROW = '\ufb2c'.repeat(100);

describe('names and addresses of people, organizations and what they make', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  beforeAll(async () => {
    app = await KeystileApp.start();
    owner = await app.owner();
  });
  afterAll(() => app.stop());

  const named: ReadonlyArray<readonly [string, string, (name: string) => object]> = [
    ['POST', '/v1/organizations', (name) => ({ name })],
    ['POST', '/v1/roles', (name) => ({ name, scopes: [] })],
    ['POST', '/v1/service-accounts', (name) => ({ name, role: 'auditor' })],
    ['PATCH', '/v1/users/me', (name) => ({ name })],
  ];
  const refused = named.flatMap(([method, path, body]) =>
    [LETTERS_WITH_SELECTORS, 'half a character \ud83d', 'a'.repeat(101), '\u0085'].map((name) => ({ method, path, body: body(name) })),
  );

  it.each(refused)('A10.6 A11.2 $method $path refuses %# a name that no database keeps as it is', async ({ method, path, body }) => {
    const answer = await app.call(method, path, { as: owner.token, body });
    expect(answer.body).toMatchObject({ status: 400, code: 'validation_failed', errors: [{ pointer: '/name' }] });
  });

  it.each(['/v1/roles', '/v1/service-accounts'])('A10.6 %s refuses a name that is too long in its one Unicode form', async (path) => {
    const body = { role: 'auditor', scopes: [] };
    const { role, scopes } = body;
    const rest = path === '/v1/roles' ? { scopes } : { role };
    const answer = await app.post(path, { as: owner.token, body: { name: LETTERS_THAT_GROW, ...rest } });
    expect(answer.body).toMatchObject({ status: 400, code: 'validation_failed', errors: [{ pointer: '/name' }] });
    expect((await app.post(path, { as: owner.token, body: { name: '😀'.repeat(100), ...rest } })).status).toBe(201);
  });

  it.each([
    '"a\r\nBcc: b"@example.com',
    '"\u0001"@example.com',
    '"eve@example.org> "@example.com',
    '"a b"@example.com',
    `${'\ufb2c'.repeat(60)}@${'\ufb2c'.repeat(60)}.${'\ufb2c'.repeat(60)}.example`,
  ])('A11.3 nobody is invited, signed in or mailed at %j', async (email) => {
    const wrong = { status: 400, code: 'validation_failed', errors: [{ pointer: '/email' }] };
    expect((await app.post('/v1/invitations', { as: owner.token, body: { email, role: 'auditor' } })).body).toMatchObject(wrong);
    expect((await app.post('/v1/auth/login', { body: { email, password: owner.password } })).body).toMatchObject(wrong);
    expect((await app.post('/v1/auth/forgot-password', { body: { email } })).body).toMatchObject(wrong);
  });
});
