import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { createHash, randomBytes } from 'node:crypto';

import { type Answer, KeystileApp, type TestPerson } from '../src/testing';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const foreignKey = (): string => randomBytes(32).toString('hex');
const NDJSON = { 'content-type': 'application/x-ndjson' };

describe('keys that another system issued', () => {
  let app: KeystileApp;
  let owner: TestPerson;
  beforeAll(async () => {
    app = await KeystileApp.start({ env: { IMPORTED_KEY_LOOKUP_LENGTH: '12' } });
    owner = await app.owner();
  });
  afterAll(() => app.stop());

  const begin = async (as = owner.token): Promise<string> =>
    (await app.post('/v1/api-key-imports', { as, body: { name: 'from PHP' } })).body.id as string;
  const send = (id: string, lines: ReadonlyArray<object | string>, as = owner.token): Promise<Answer> =>
    app.post(`/v1/api-key-imports/${id}/lines`, {
      as,
      headers: NDJSON,
      body: lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
    });
  const report = async (id: string) => (await app.get(`/v1/api-key-imports/${id}`, { as: owner.token })).body;
  const whoami = (as: string) => app.get('/v1/whoami', { as });
  const aLine = (key: string, but: object = {}) => ({
    externalId: key.slice(0, 8),
    name: 'imported',
    scopes: ['send_sms'],
    hash: { algorithm: 'sha256', value: sha256(key) },
    ...but,
  });

  it('T11 work from then on, by their SHA-256, with their scopes and restrictions', async () => {
    const id = await begin();
    const [open, closed] = [foreignKey(), foreignKey()];
    const answer = await send(id, [aLine(open), aLine(closed, { allowedIps: ['203.0.113.7'] })]);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ accepted: 2, refused: 0, alreadyImported: 0 });
    expect((await whoami(open)).body).toMatchObject({
      id: answer.body.lines[0].keyId,
      scopes: ['send_sms'],
      organizationId: owner.organizationId,
    });
    expect((await whoami(closed)).body.code).toBe('ip_not_allowed');
    expect((await whoami(foreignKey())).body.code).toBe('invalid_api_key');
    expect(await report(id)).toMatchObject({ accepted: 2, refused: 0, seen: 2, slowDigests: 0 });
  });

  it.each([
    [
      'C11 bcrypt as PHP writes it',
      async (key: string) => ({ algorithm: 'bcrypt', value: (await bcrypt(key, 10)).replace(/^\$2[ab]\$/, '$2y$') }),
    ],
    [
      'C11 argon2id',
      async (key: string) => ({ algorithm: 'argon2id', value: await argon2(key, { memoryCost: 8192, timeCost: 1, parallelism: 1 }) }),
    ],
  ])('%s is checked once, and replaced by the fast digest', async (_name, hashOf) => {
    const id = await begin();
    const key = foreignKey();
    const { body } = await send(id, [aLine(key, { hash: await hashOf(key), lookupId: key.slice(0, 12) })]);
    expect(body).toMatchObject({ accepted: 1 });
    expect(await report(id)).toMatchObject({ seen: 0, slowDigests: 1 });
    expect((await whoami(`${key.slice(0, 12)}${foreignKey().slice(12)}`)).status).toBe(401);
    expect((await whoami(key)).body.id).toBe(body.lines[0].keyId);
    expect((await whoami(key)).status).toBe(200);
    expect(await report(id)).toMatchObject({ seen: 1, slowDigests: 0 });
    expect((await app.get(`/v1/api-keys/${body.lines[0].keyId}`, { as: owner.token })).body.prefix).toBe(key.slice(0, 12));
  });

  it('are resumed by sending the whole file again: nothing is made twice, and what was refused is tried again', async () => {
    const id = await begin();
    const keys = Array.from({ length: 5 }, foreignKey);
    const file = keys.map((key) => aLine(key));
    await send(id, file.slice(0, 3));
    const bad = aLine(keys[4]!, { scopes: ['send_smss'] });
    const again = await send(id, [...file.slice(0, 4), bad]);
    expect(again.body).toMatchObject({ accepted: 1, alreadyImported: 3, refused: 1 });
    expect(again.body.lines[4]).toMatchObject({ outcome: 'refused', reason: 'unknown_scope', detail: 'Unknown scope: send_smss' });
    expect(await report(id)).toMatchObject({ accepted: 4, refused: 1, refusedBy: { unknown_scope: 1 } });
    expect((await send(id, file)).body).toMatchObject({ accepted: 1, alreadyImported: 4, refused: 0 });
    expect(await report(id)).toMatchObject({ accepted: 5, refused: 0, refusedBy: {} });
  });

  it('are one key also where one line comes ten times at once', async () => {
    const id = await begin();
    const line = aLine(foreignKey());
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(id, [line])));
    const ids = new Set(answers.map(({ body }) => body.lines[0].keyId as string));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ body }) => body.accepted === 1)).toHaveLength(1);
  });

  it('A10 are refused, too, where what they are called can be stored nowhere', async () => {
    const answer = await send(
      await begin(),
      ['a\0', '\ud800', 'a\n', 'x'.repeat(101)].map((externalId) => aLine(foreignKey(), { externalId })),
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ accepted: 0, refused: 4 });
  });

  it('are refused line by line, with the reason, and no secret is taken', async () => {
    const id = await begin();
    const known = foreignKey();
    await send(id, [aLine(known)]);
    const secret = foreignKey();
    const lines: Array<[object | string, string]> = [
      ['{not json', 'malformed_json'],
      [[1, 2], 'malformed_json'],
      [{ ...aLine(foreignKey()), key: secret }, 'validation_failed'],
      [{ ...aLine(foreignKey()), externalId: undefined }, 'validation_failed'],
      [aLine(foreignKey(), { hash: { algorithm: 'md5', value: 'x' } }), 'validation_failed'],
      [aLine(foreignKey(), { hash: { algorithm: 'sha256', value: 'x' } }), 'invalid_hash'],
      [aLine(foreignKey(), { hash: { algorithm: 'bcrypt', value: '$2y$10$x' } }), 'invalid_hash'],
      [aLine(foreignKey(), { hash: { algorithm: 'bcrypt', value: `$2y$10$${'a'.repeat(53)}` } }), 'missing_lookup_id'],
      [aLine(known, { externalId: 'another name' }), 'duplicate_hash'],
      [aLine(foreignKey(), { owner: { type: 'user', id: 'usr_nobody' } }), 'validation_failed'],
      [aLine(foreignKey(), { expiresAt: '2020-01-01T00:00:00Z' }), 'validation_failed'],
    ];
    const answer = await send(
      id,
      lines.map(([line]) => line),
    );
    expect((answer.body.lines as Array<{ reason: string }>).map(({ reason }) => reason)).toEqual(lines.map(([, reason]) => reason));
    expect(answer.text).not.toContain(secret);
    const kept = await app.get(`/v1/api-key-imports/${id}/lines?outcome=refused`, { as: owner.token });
    expect(kept.text).not.toContain(secret);
    expect((kept.body.data as Array<{ reason: string }>).some(({ reason }) => reason === 'duplicate_hash')).toBe(true);
  });

  it('A06.1 get no scope that the importer does not hold', async () => {
    const { key: importer } = await app.issueKey({ scopes: ['api_key.import', 'send_email'] });
    const id = await begin(importer);
    const answer = await send(
      id,
      [aLine(foreignKey(), { scopes: ['send_sms'] }), aLine(foreignKey(), { scopes: ['send_email'] })],
      importer,
    );
    expect(answer.body.lines).toMatchObject([{ outcome: 'refused', reason: 'scope_exceeds_grantor' }, { outcome: 'accepted' }]);
    const { key: without } = await app.issueKey({ scopes: ['api_key.create'] });
    expect((await app.post('/v1/api-key-imports', { as: without, body: { name: 'x' } })).status).toBe(403);
  });

  it('A08 work although another organization claims the same first characters', async () => {
    const key = foreignKey();
    const hash = async (text: string) => ({ algorithm: 'argon2id', value: await argon2(text, { memoryCost: 1024, timeCost: 1 }) });
    const lookupId = key.slice(0, 12);
    await send(await begin(), [aLine(key, { hash: await hash(key), lookupId })]);
    const stranger = await app.otherOrganization();
    const claims = await Promise.all(
      Array.from({ length: 6 }, async (_, i) =>
        aLine(foreignKey(), { externalId: `claim ${i}`, hash: await hash(foreignKey()), lookupId }),
      ),
    );
    expect((await send(await begin(stranger.token), claims, stranger.token)).body.accepted).toBe(6);
    expect((await whoami(key)).body).toMatchObject({ organizationId: owner.organizationId, scopes: ['send_sms'] });
    expect((await whoami(key)).status).toBe(200);
  });

  it('A08 stay in their organization', async () => {
    const id = await begin();
    const stranger = await app.otherOrganization();
    expect((await send(id, [aLine(foreignKey())], stranger.token)).status).toBe(404);
    for (const path of ['', '/lines']) expect((await app.get(`/v1/api-key-imports/${id}${path}`, { as: stranger.token })).status).toBe(404);
    expect((await app.get('/v1/api-key-imports', { as: stranger.token })).body.data).toEqual([]);
    expect((await app.get('/v1/api-key-imports', { as: owner.token })).body.data.length).toBeGreaterThan(0);
  });

  it('live on like every other key: rotated, the old secret ends', async () => {
    const id = await begin();
    const key = foreignKey();
    const { body } = await send(id, [aLine(key)]);
    const rotated = await app.post(`/v1/api-keys/${body.lines[0].keyId}/rotate`, { as: owner.token, body: {} });
    expect(rotated.body.key).toMatch(/^ks_live_/);
    expect((await whoami(key)).body.code).toBe('api_key_revoked');
    const events = await app.get(`/v1/audit-events?targetId=${body.lines[0].keyId}`, { as: owner.token });
    expect((events.body.data as Array<{ action: string }>).map(({ action }) => action)).toEqual(['api_key.rotated', 'api_key.imported']);
  });

  it('A14.5 keep their count when their hash is replaced by a fast one, and when they are rotated', async () => {
    const id = await begin();
    const key = foreignKey();
    const slow = { algorithm: 'bcrypt', value: await bcrypt(key, 4) };
    const line = aLine(key, { lookupId: key.slice(0, 12), hash: slow, rateLimit: { limit: 3, windowSeconds: 60 } });
    const { body } = await send(id, [line]);
    expect([(await whoami(key)).headers.ratelimit, (await whoami(key)).headers.ratelimit]).toEqual(['"key";r=2;t=20', '"key";r=1;t=20']);
    const rotation = { as: owner.token, body: { overlapSeconds: 3_600 } };
    const rotated = await app.post(`/v1/api-keys/${body.lines[0].keyId}/rotate`, rotation);
    expect((await whoami(rotated.body.key as string)).headers.ratelimit).toBe('"key";r=0;t=20');
    expect([(await whoami(rotated.body.key as string)).status, (await whoami(key)).status]).toEqual([429, 429]);
  });

  it('takes JSON Lines there and nowhere else, and nothing else there', async () => {
    const id = await begin();
    expect((await app.post(`/v1/api-key-imports/${id}/lines`, { as: owner.token, body: {} })).status).toBe(415);
    expect((await app.post('/v1/api-keys', { as: owner.token, headers: NDJSON, body: '{}' })).status).toBe(415);
    expect(
      (
        await send(
          id,
          Array.from({ length: 1001 }, () => '{}'),
        )
      ).status,
    ).toBe(400);
    expect((await send(id, [''])).status).toBe(400);
  });
});

describe('without the setting for imported keys', () => {
  it('texts of another form than ours are no keys', async () => {
    const app = await KeystileApp.start();
    try {
      const { token } = await app.owner();
      const key = foreignKey();
      const { body } = await app.post('/v1/api-key-imports', { as: token, body: { name: 'x' } });
      const line = JSON.stringify({ externalId: '1', name: 'x', scopes: [], hash: { algorithm: 'sha256', value: sha256(key) } });
      expect(
        (await app.post(`/v1/api-key-imports/${body.id as string}/lines`, { as: token, headers: NDJSON, body: line })).body.accepted,
      ).toBe(1);
      expect((await app.get('/v1/whoami', { as: key })).body.code).toBe('invalid_api_key');
    } finally {
      await app.stop();
    }
  });
});
