import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { openDatabase } from 'keystile';
import { type Answer, callHttp, type CallOptions, FixedClock, type TemporaryDatabase, temporaryDatabase } from 'keystile/testing';
import { execFile } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { DataSource } from 'typeorm';

import { Browser, BROWSER_PATH } from '../../test/support/browser';
import { axeViolations, describeInBrowser } from '../../test/support/page';
import { KnowledgeHubModule, knowledgeHubEntities, prepareKnowledgeHub } from './knowledge-hub.module';

const PASSWORD = 'correct horse battery staple';
const RATE_LIMIT = { limit: 30, windowSeconds: 60 };
const pepper = { id: 'p1', secret: randomBytes(32) };
const clock = new FixedClock();

let temporary: TemporaryDatabase;
let database: DataSource;
let app: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  temporary = await temporaryDatabase();
  database = await openDatabase(temporary.url ?? 'sqlite::memory:', knowledgeHubEntities);
  await prepareKnowledgeHub(database);
  app = await start([pepper]);
  url = await app.getUrl();
});

afterAll(async () => {
  await app?.close();
  await database?.destroy();
  await temporary?.drop();
});

async function start(peppers: ReadonlyArray<typeof pepper>): Promise<NestFastifyApplication> {
  const started = await NestFactory.create<NestFastifyApplication>(
    KnowledgeHubModule.forRoot({ database, peppers, clock, rateLimit: RATE_LIMIT }),
    new FastifyAdapter(),
    { logger: ['error'], abortOnError: false },
  );
  await started.listen(0, '127.0.0.1');
  return started;
}

const call = (method: string, path: string, options?: CallOptions): Promise<Answer> => callHttp(url, method, path, options);

/** Somebody in the web app, with the cookie that their browser keeps. */
class Person {
  private constructor(
    readonly email: string,
    private cookie: string,
  ) {}

  static async signUp(): Promise<Person> {
    const email = `${randomBytes(6).toString('hex')}@example.com`;
    const person = new Person(email, '');
    await person.take(await call('POST', '/auth/sign-up', { body: { email, password: PASSWORD }, from: anAddress() }), 201);
    return person;
  }

  async signInAgain(): Promise<void> {
    await this.take(await call('POST', '/auth/sign-in', { body: { email: this.email, password: PASSWORD } }), 200);
  }

  private async take(answer: Answer, status: number): Promise<void> {
    expect(answer.status).toBe(status);
    this.cookie = answer.cookies[0]!.split(';', 1)[0]!;
  }

  call(method: string, path: string, body?: object): Promise<Answer> {
    return call(method, path, { headers: { cookie: this.cookie, 'sec-fetch-site': 'same-origin' }, ...(body ? { body } : {}) });
  }

  async generate(body: object = {}): Promise<string> {
    const { status, body: answer } = await this.call('POST', '/settings/api-key', body);
    expect(status).toBe(201);
    return answer.apiKey.key as string;
  }

  async key(): Promise<Record<string, unknown> | null> {
    const { status, body } = await this.call('GET', '/settings/api-key');
    expect(status).toBe(200);
    return body.apiKey as Record<string, unknown> | null;
  }
}

/** Somewhere else each time: sign-ups are limited by address. */
const anAddress = (): string => `127.${[...randomBytes(3)].map((byte) => Math.max(1, byte % 255)).join('.')}`;

const search = (key: string): Promise<Answer> => call('GET', '/v1/cards/search', { as: key });
const INVALID = { status: 401, body: { code: 'INVALID_API_KEY', error: 'Invalid API key' } };

describe('the key of an account', () => {
  it('K01 is sent as a bearer token; another header is no credential', async () => {
    const key = await (await Person.signUp()).generate();
    expect((await search(key)).status).toBe(200);
    const elsewhere = await call('GET', '/v1/cards/search', { headers: { 'x-api-key': key } });
    expect(elsewhere).toMatchObject({ status: 401, body: { code: 'MISSING_AUTHORIZATION' } });
    const session = (
      await call('POST', '/auth/sign-up', { body: { email: `${randomBytes(6).toString('hex')}@example.com`, password: PASSWORD } })
    ).cookies[0]!;
    expect(await search(session.split(/[=;]/)[1]!)).toMatchObject(INVALID);
    const inUrl = await call('GET', `/v1/cards/search?access_token=${key}`);
    expect(inUrl).toMatchObject({ status: 401, body: { code: 'MISSING_AUTHORIZATION' } });
  });

  it('K02 is tied to its account and reaches everything there, and nothing of anybody else', async () => {
    const [ada, bob] = [await Person.signUp(), await Person.signUp()];
    const [adasKey, bobsKey] = [await ada.generate(), await bob.generate()];
    const card = await call('POST', '/v1/cards', { as: adasKey, body: { type: 'text', content: 'mine' } });
    expect(card.status).toBe(201);
    expect((await ada.call('GET', `/v1/cards/${card.body.id}`)).body).toEqual(card.body);
    for (const [method, body] of [['GET'], ['PATCH', { title: 'his' }], ['DELETE']] as const) {
      const answer = await call(method, `/v1/cards/${card.body.id}`, { as: bobsKey, ...(body ? { body } : {}) });
      expect(answer.status).toBe(404);
    }
    expect((await search(bobsKey)).body.items).toEqual([]);
  });

  it('K03 is made in Settings, section API Keys, by “Generate API Key”, and has to be copied at once', async () => {
    const page = await call('GET', '/settings');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.text).toMatch(
      /<h1>Settings<\/h1>[^]*<h2>API Keys<\/h2>[^]*You won’t be able to see it again[^]*<button id="generate">Generate API Key<\/button>/,
    );
    const script = await call('GET', '/settings.js');
    expect(script.text).toContain("call('POST', '/settings/api-key'");
    const person = await Person.signUp();
    expect(await person.key()).toBeNull();
    await person.generate();
    expect(await person.key()).not.toHaveProperty('key');
  });

  (BROWSER_PATH ? it : it.skip)('K03, K17, K18, K22 is made, shown once and revoked in a browser', async () => {
    const browser = await Browser.start();
    try {
      const textOf = (id: string): Promise<string> => browser.value(`document.getElementById('${id}').textContent`);
      const shown = (id: string): string => `document.getElementById('${id}').checkVisibility()`;
      await browser.open(`${url}/settings`);
      await browser.until(shown('sign-in'));
      await browser.fill('input[name=email]', `${randomBytes(6).toString('hex')}@example.com`);
      await browser.fill('input[name=password]', PASSWORD);
      await browser.click('Sign up');
      await browser.until(shown('api-keys'));
      await browser.click('Generate API Key');
      await browser.until(shown('new-key'));
      expect(await textOf('new-key')).toContain('You won’t be able to see it again.');
      const key = await textOf('key');
      expect((await search(key)).status).toBe(200);
      expect([await textOf('name'), await textOf('prefix'), await textOf('access')]).toEqual([
        'API Keys',
        `${key.slice(0, 12)}••••••••`,
        'full_access',
      ]);

      await browser.open('about:blank');
      await browser.open(`${url}/settings`);
      await browser.until(shown('metadata'));
      expect(await browser.value(`${shown('new-key')} || document.documentElement.outerHTML.includes('${key.slice(13)}')`)).toBe(false);

      await browser.click('Revoke');
      await browser.until(`!${shown('metadata')}`);
      expect(await search(key)).toMatchObject(INVALID);
    } finally {
      await browser.stop();
    }
  });

  it('K04 is revoked by generating another one', async () => {
    const person = await Person.signUp();
    const first = await person.generate();
    expect((await search(first)).status).toBe(200);
    const second = await person.generate();
    expect(await search(first)).toMatchObject(INVALID);
    expect((await search(second)).status).toBe(200);
  });

  it('K04 stays when generating another one fails: both or neither', async () => {
    const person = await Person.signUp();
    const key = await person.generate();
    expect((await person.call('POST', '/settings/api-key', { name: '' })).status).toBe(400);
    expect((await search(key)).status).toBe(200);
  });

  it('K05 is the only one: of 50 generated at the same moment, exactly one is active', async () => {
    const person = await Person.signUp();
    const answers = await Promise.all(Array.from({ length: 50 }, () => person.call('POST', '/settings/api-key', {})));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const keys = answers.map(({ body }) => body.apiKey.key as string);
    const statuses = await Promise.all(keys.map(async (key) => (await search(key)).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    const shown = keys[statuses.indexOf(200)]!;
    const rows: Array<{ active: number | string }> = await database.query(
      'SELECT COUNT(*) AS active FROM api_keys k WHERE k.revoked_at IS NULL AND k.owner_id IN' +
        ' (SELECT n.owner_id FROM api_keys n JOIN api_key_credentials c ON c.key_id = n.id WHERE c.lookup_id = ?)',
      [shown.slice(0, 12)],
    );
    expect(Number(rows[0]!.active)).toBe(1);
  });

  it('K05 is the only one by the word of the database, whatever a program does', async () => {
    const person = await Person.signUp();
    await person.generate();
    const copy = 'SELECT * FROM api_keys WHERE active_slot = 1 ORDER BY id DESC LIMIT 1';
    const [row] = (await database.query(copy)) as [Record<string, unknown>];
    const columns = Object.keys(row);
    const twin = { ...row, id: 'key_twin' };
    const insert = `INSERT INTO api_keys (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    await expect(
      database.query(
        insert,
        columns.map((column) => twin[column as keyof typeof twin]),
      ),
    ).rejects.toThrow(/unique|duplicate/i);
  });

  it('K06, K07, K08 reads: 12 hex characters, an underscore, 48 hex characters; it is taken without the underscore as well', async () => {
    const key = await (await Person.signUp()).generate();
    expect(key).toMatch(/^[0-9a-f]{12}_[0-9a-f]{48}$/);
    expect((await search(key.replace('_', ''))).status).toBe(200);
    for (const wrong of [key.replace('_', '-'), key.toUpperCase(), key.slice(0, -1), `${key}0`, key.replace('_', '__')]) {
      expect(await search(wrong)).toMatchObject(INVALID);
    }
  });

  it('K10 is stored as SHA-256 with a pepper that is not in the database', async () => {
    const person = await Person.signUp();
    const key = await person.generate();
    const secret = key.slice(13);
    const rows: Array<{ digest: string; algorithm: string }> = await database.query(
      'SELECT digest, algorithm FROM api_key_credentials WHERE lookup_id = ?',
      [key.slice(0, 12)],
    );
    expect(rows).toEqual([
      expect.objectContaining({ algorithm: 'hmac-sha256', digest: createHmac('sha256', pepper.secret).update(key).digest('hex') }),
    ]);
    const tables = ['api_keys', 'api_key_credentials', 'api_key_scopes', 'keystile_audit_events', 'keystile_call_logs', 'hub_users'];
    for (const table of tables) {
      const dump = JSON.stringify(await database.query(`SELECT * FROM ${table}`));
      expect(dump).not.toContain(secret);
      expect(dump).not.toContain(pepper.secret.toString('hex'));
    }
  });

  it('K10 outlives a change of the pepper as long as the old one is kept', async () => {
    const person = await Person.signUp();
    const key = await person.generate();
    const next = { id: 'p2', secret: randomBytes(32) };
    const rotated = await start([next, pepper]);
    expect((await callHttp(await rotated.getUrl(), 'GET', '/v1/cards/search', { as: key })).status).toBe(200);
    await rotated.close();
  });

  it('K11 is shown once, by the answer that makes it', async () => {
    const person = await Person.signUp();
    const key = await person.generate();
    const secret = key.slice(13);
    for (const path of ['/settings/api-key', '/settings', '/v1/cards/search']) {
      expect((await person.call('GET', path)).text).not.toContain(secret);
    }
  });
});

describe('the end of a key', () => {
  it('K12, K13 comes with a new key', async () => {
    const person = await Person.signUp();
    const key = await person.generate();
    await person.generate();
    expect(await search(key)).toMatchObject(INVALID);
  });

  it('K12, K13 comes when it is revoked in the settings', async () => {
    const person = await Person.signUp();
    const key = await person.generate();
    expect((await person.call('DELETE', '/settings/api-key')).status).toBe(204);
    expect(await search(key)).toMatchObject(INVALID);
    expect(await person.key()).toBeNull();
    expect((await person.call('DELETE', '/settings/api-key')).status).toBe(404);
  });

  it('K12, K13, K15 comes at once when the account is deleted', async () => {
    const person = await Person.signUp();
    const key = await person.generate();
    expect((await search(key)).status).toBe(200);
    expect((await person.call('DELETE', '/account', { password: 'another password' })).status).toBe(401);
    expect((await search(key)).status).toBe(200);
    expect((await person.call('DELETE', '/account', { password: PASSWORD })).status).toBe(204);
    expect(await search(key)).toMatchObject(INVALID);
    expect((await person.call('GET', '/settings/api-key')).status).toBe(401);
    const rows: object[] = await database.query(
      'SELECT k.id FROM api_keys k JOIN api_key_credentials c ON c.key_id = k.id WHERE c.lookup_id = ? AND k.revoked_at IS NOT NULL',
      [key.slice(0, 12)],
    );
    expect(rows).toHaveLength(1);
  });

  it('K12 is not in the hand of a key: settings and account are for people', async () => {
    const key = await (await Person.signUp()).generate();
    for (const [method, path, body] of [
      ['GET', '/settings/api-key'],
      ['POST', '/settings/api-key', {}],
      ['DELETE', '/settings/api-key'],
      ['DELETE', '/account', { password: PASSWORD }],
    ] as const) {
      expect((await call(method, path, { as: key, ...(body ? { body } : {}) })).status).toBe(403);
    }
  });
});

describe('refusals', () => {
  it.each([
    ['the header is missing', {}],
    ['the scheme is another one', { authorization: 'Basic YWRhOnNlY3JldA==' }],
    ['there is no scheme', { authorization: 'a1b2c3d4e5f6' }],
    ['the token is empty', { authorization: 'Bearer ' }],
    ['there is nothing behind the scheme', { authorization: 'Bearer' }],
    ['there are two words behind it', { authorization: 'Bearer one two' }],
  ])('K14 are of the one class “Missing Authorization Header” where %s', async (_case, headers) => {
    const answer = await call('GET', '/v1/cards/search', { headers: headers as Record<string, string> });
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'MISSING_AUTHORIZATION', error: 'Missing or invalid Authorization header' },
    });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
  });

  it('K15 are of the one class “Invalid API Key”, alike to the last byte, for a wrong format, an unknown, a revoked and an orphaned key', async () => {
    const [person, leaver] = [await Person.signUp(), await Person.signUp()];
    const [revoked, orphaned] = [await person.generate(), await leaver.generate()];
    await person.generate();
    await leaver.call('DELETE', '/account', { password: PASSWORD });
    const unknown = `${'0'.repeat(12)}_${'0'.repeat(48)}`;
    const answers = await Promise.all(['not-a-key', unknown, revoked, orphaned].map(search));
    for (const answer of answers) expect(answer).toMatchObject(INVALID);
    expect(new Set(answers.map(({ text, headers }) => `${text} ${headers['www-authenticate'] as string}`)).size).toBe(1);
  });

  it('K16 are 429 with Retry-After for a key that calls too often, and for nobody else', async () => {
    const [person, other] = [await Person.signUp(), await Person.signUp()];
    const [key, othersKey] = [await person.generate(), await other.generate()];
    for (let i = 0; i < RATE_LIMIT.limit; i++) expect([i, (await search(key)).status]).toEqual([i, 200]);
    const refused = await search(key);
    expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect((await search(othersKey)).status).toBe(200);
    clock.move({ seconds });
    expect((await search(key)).status).toBe(200);
  });
});

describe('what the settings show of a key', () => {
  it('K17 its name, “API Keys” where nobody gave one', async () => {
    const person = await Person.signUp();
    await person.generate();
    expect(await person.key()).toMatchObject({ name: 'API Keys' });
    await person.generate({ name: 'Browser extension' });
    expect(await person.key()).toMatchObject({ name: 'Browser extension' });
  });

  it('K18 its first 12 characters and 8 bullets', async () => {
    const person = await Person.signUp();
    const key = await person.generate();
    expect(await person.key()).toMatchObject({ keyPrefix: `${key.slice(0, 12)}••••••••` });
  });

  it('K19, K20, K21 when it was made, and the moment of its last call, which every call moves', async () => {
    const person = await Person.signUp();
    const createdAt = clock.now().toISOString();
    const key = await person.generate();
    expect(await person.key()).toMatchObject({ createdAt, lastUsedAt: null });
    for (let i = 0; i < 3; i++) {
      clock.move({ seconds: 1 });
      const at = clock.now().toISOString();
      await search(key);
      clock.move({ seconds: 1 });
      expect(await person.key()).toMatchObject({ createdAt, lastUsedAt: at });
    }
  });

  it('K22 that it has `full_access`', async () => {
    const person = await Person.signUp();
    await person.generate();
    expect(await person.key()).toMatchObject({ access: ['full_access'] });
  });
});

describe('full_access', () => {
  it('K23 creates cards of every kind, searches all of them, views and filters favorites, reads and writes', async () => {
    const key = await (await Person.signUp()).generate();
    const create = async (body: object): Promise<Record<string, unknown>> => {
      const answer = await call('POST', '/v1/cards', { as: key, body });
      expect(answer.status).toBe(201);
      return answer.body;
    };
    const idsOf = async (path: string): Promise<unknown[]> => {
      const { status, body } = await call('GET', path, { as: key });
      expect(status).toBe(200);
      return (body.items as Array<{ id: string }>).map(({ id }) => id);
    };
    const text = await create({ type: 'text', content: '50% off: Milk & honey', title: 'Shopping' });
    clock.move({ milliseconds: 5 });
    const link = await create({ type: 'link', url: 'https://example.com/milk', isFavorite: true });
    clock.move({ milliseconds: 5 });
    const image = await create({ type: 'image', url: 'https://example.com/cow.png', content: 'A cow', isFavorite: true });

    expect(await idsOf('/v1/cards/search')).toEqual([image.id, link.id, text.id]);
    expect(await idsOf('/v1/cards/search?q=MILK')).toEqual([link.id, text.id]);
    expect(await idsOf('/v1/cards/search?q=milk%20shopping')).toEqual([text.id]);
    expect(await idsOf('/v1/cards/search?q=50%25')).toEqual([text.id]);
    expect(await idsOf('/v1/cards/search?type=image')).toEqual([image.id]);
    expect(await idsOf('/v1/cards/favorites')).toEqual([image.id, link.id]);
    expect(await idsOf('/v1/cards/favorites?type=link')).toEqual([link.id]);
    expect(await idsOf('/v1/cards/favorites?q=cow')).toEqual([image.id]);

    const changed = await call('PATCH', `/v1/cards/${text.id as string}`, { as: key, body: { isFavorite: true, content: 'Oats' } });
    expect(changed).toMatchObject({ status: 200, body: { isFavorite: true, content: 'Oats', title: 'Shopping' } });
    expect(await idsOf('/v1/cards/search?q=honey')).toEqual([]);
    expect((await call('DELETE', `/v1/cards/${link.id as string}`, { as: key })).status).toBe(204);
    expect((await call('GET', `/v1/cards/${link.id as string}`, { as: key })).status).toBe(404);
  });

  it.each([
    [{ type: 'text' }],
    [{ type: 'link', content: 'without an address' }],
    [{ type: 'link', url: 'javascript:alert(1)' }],
    [{ type: 'song', content: 'x' }],
    [{ type: 'text', content: 'x', owner: 'somebody' }],
  ])('K23 makes no card of %j', async (body) => {
    const key = await (await Person.signUp()).generate();
    expect(await call('POST', '/v1/cards', { as: key, body })).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });
});

describe('accounts', () => {
  it('K02 are one to an address, in whatever case, and open to their own password only', async () => {
    const person = await Person.signUp();
    const again = await call('POST', '/auth/sign-up', { body: { email: person.email.toUpperCase(), password: PASSWORD } });
    expect(again).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
    const wrong = await call('POST', '/auth/sign-in', { body: { email: person.email, password: 'something else' } });
    expect(wrong).toMatchObject({ status: 401, body: { code: 'LOGIN_FAILED' } });
    await person.signInAgain();
    expect(await person.key()).toBeNull();
  });

  it('A14 are guessed at ten times a minute from one address, whether they exist or not', async () => {
    const { email } = await Person.signUp();
    for (const guessed of [email, 'nobody@example.com']) {
      const from = anAddress();
      const statuses: number[] = [];
      for (let i = 0; i < 11; i++) {
        const body = { email: guessed, password: 'wrong, wrong, wrong' };
        statuses.push((await call('POST', '/auth/sign-in', { body, from })).status);
      }
      expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    }
    // Whoever they are, they do not keep the person out.
    expect((await call('POST', '/auth/sign-in', { body: { email, password: PASSWORD }, from: anAddress() })).status).toBe(200);
  });

  it('resolution 17 their session is a cookie: the same token as a bearer is an invalid key', async () => {
    const person = await Person.signUp();
    const cookie = (await call('POST', '/auth/sign-in', { body: { email: person.email, password: PASSWORD }, from: anAddress() }))
      .cookies[0]!;
    const session = cookie.split(';', 1)[0]!;
    expect((await call('GET', '/settings/api-key', { headers: { cookie: session } })).status).toBe(200);
    expect(await call('GET', '/settings/api-key', { as: session.split('=')[1]! })).toMatchObject(INVALID);
  });

  it('resolution 16 their keys do not expire by themselves: ten years later one works', async () => {
    const key = await (await Person.signUp()).generate();
    clock.move({ days: 3650 });
    expect((await search(key)).status).toBe(200);
  });

  it('K02 change nothing at the word of another site', async () => {
    const person = await Person.signUp();
    const cookie = (await call('POST', '/auth/sign-in', { body: { email: person.email, password: PASSWORD } })).cookies[0]!;
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    const forged = await call('POST', '/settings/api-key', {
      headers: { cookie: cookie.split(';', 1)[0]!, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      body: {},
    });
    expect(forged.status).toBe(403);
  });
});

describe('the documents', () => {
  const textOf = (html: string): string => html.replaceAll('&lt;', '<').replaceAll('&amp;', '&');
  const examples = async (): Promise<Record<string, string>> => {
    const { text } = await call('GET', '/docs');
    return Object.fromEntries(
      [...text.matchAll(/<code class="language-(\w+)">([^]*?)<\/code>/g)].map((match) => [match[1]!, textOf(match[2]!)]),
    );
  };

  it('K09 show requests in cURL, JavaScript and Python that run as they stand', async () => {
    const key = await (await Person.signUp()).generate();
    const { bash, javascript, python } = await examples();
    const run = promisify(execFile);
    const withKey = (code: string): string => code.replaceAll('YOUR_API_KEY', key);
    const curl = await run('bash', ['-c', withKey(bash!)]);
    expect(JSON.parse(curl.stdout)).toMatchObject({ type: 'text', content: 'Remember the milk' });
    const node = await run(process.execPath, ['-e', withKey(javascript!)]);
    expect(JSON.parse(node.stdout)).toMatchObject({ items: [{ content: 'Remember the milk' }] });
    expect(python).toContain(`"${url}/v1/cards/favorites"`);
    expect(python).toContain('"Authorization": "Bearer YOUR_API_KEY"');
  });

  it('K09 name the address that the reader came by', async () => {
    const { text } = await call('GET', '/docs', { headers: { host: 'hub.example.com' } });
    expect(text).toContain('http://hub.example.com/v1/cards');
    const forged = await call('GET', '/docs', { headers: { host: '"><script>x' } });
    expect(forged.text).not.toContain('<script>');
  });

  it('K24, K25 say that finer levels may come, and lead on to the API overview and the Create Card endpoint', async () => {
    const { text } = await call('GET', '/docs');
    expect(text).toContain('More granular permission levels may be added in future releases.');
    const links = ['/docs/api-overview', '/docs/create-card'];
    for (const link of links) {
      expect(text).toContain(`href="${link}"`);
      expect((await call('GET', link)).status).toBe(200);
    }
    const overview = await call('GET', '/docs/api-overview');
    expect(overview.text).toContain('<h2>Endpoints</h2>');
    expect(overview.text).toMatch(/<h2>Rate limits<\/h2>[^]*30 calls in 60 seconds/);
  });
});

describe('the page of Keystile', () => {
  const activeKeys = async (person: Person): Promise<Array<{ id: string }>> => {
    const { status, body } = await person.call('GET', '/v1/api-keys?status=active');
    expect(status).toBe(200);
    return body.data as Array<{ id: string }>;
  };

  it('K03 stands at /api-management in the words of the document, under a policy of its own; its keys are made in the settings', async () => {
    const { status, headers, text } = await call('GET', '/api-management');
    expect(status).toBe(200);
    const options = text.replaceAll('&quot;', '"');
    for (const words of ['"signIn":"/settings"', '"createKeyAt":"/settings"', '"createKey":"Generate API Key"', '"keysSection":"Settings"'])
      expect(options).toContain(words);
    const [, nonce] = / nonce="([^"]+)"/.exec(text)!;
    expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`);
    expect((await call('GET', '/settings')).text).toContain('href="/api-management"');
  });

  it('K02 shows the keys of its person, and nobody else’s, nor anything to nobody', async () => {
    const [ada, bob] = [await Person.signUp(), await Person.signUp()];
    await ada.generate();
    await bob.generate();
    const [adas] = await activeKeys(ada);
    const [bobs] = await activeKeys(bob);
    expect(adas!.id).not.toBe(bobs!.id);
    expect((await ada.call('GET', `/v1/api-keys/${bobs!.id}`)).status).toBe(404);
    expect((await ada.call('POST', `/v1/api-keys/${bobs!.id}/revoke`, {})).status).toBe(404);
    expect((await call('GET', '/v1/api-keys')).status).toBe(401);
    expect((await ada.call('GET', '/v1/call-logs')).status).toBe(200);
  });

  it('K05 K16 K22 is no way to a second key, to another one, or to other limits', async () => {
    const person = await Person.signUp();
    const own = (await person.call('GET', '/v1/whoami')).body.id as string;
    const refused = async (method: string, path: string, body?: object): Promise<void> =>
      expect([path, (await person.call(method, path, body)).status]).toEqual([path, 403]);
    const newKeys: object[] = [
      { scopes: ['full_access'] },
      { scopes: ['*'] },
      { scopes: ['card.read'], rateLimit: { limit: 1_000_000, windowSeconds: 1 } },
      { scopes: ['full_access'], owner: { type: 'organization', id: own } },
    ];
    for (const more of newKeys) await refused('POST', '/v1/api-keys', { name: 'x', ...more });
    expect(await activeKeys(person)).toEqual([]);
    const key = await person.generate();
    const [{ id } = { id: '' }] = await activeKeys(person);
    await refused('PATCH', `/v1/api-keys/${id}`, { rateLimit: null });
    await refused('POST', `/v1/api-keys/${id}/rotate`, { overlapSeconds: 3600 });
    await refused('POST', '/v1/api-key-imports', { source: 'elsewhere' });
    await refused('POST', `/v1/members/${own}/keys/rotate`, {});
    expect(await activeKeys(person)).toHaveLength(1);
    expect((await search(key)).status).toBe(200);
  });

  it('K12 revokes, at the word of its own page', async () => {
    const person = await Person.signUp();
    const key = await person.generate();
    const [{ id } = { id: '' }] = await activeKeys(person);
    const session = (
      await call('POST', '/auth/sign-in', { body: { email: person.email, password: PASSWORD }, from: anAddress() })
    ).cookies[0]!.split(';', 1)[0]!;
    const forged = { cookie: session, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await call('POST', `/v1/api-keys/${id}/revoke`, { headers: forged, body: {} })).status).toBe(403);
    expect((await search(key)).status).toBe(200);
    expect((await person.call('POST', `/v1/api-keys/${id}/revoke`, {})).status).toBe(200);
    expect(await search(key)).toMatchObject(INVALID);
    expect(await person.key()).toBeNull();
  });

  it('K12 is not in the hand of a key', async () => {
    const key = await (await Person.signUp()).generate();
    for (const [method, path] of [
      ['GET', '/v1/whoami'],
      ['GET', '/v1/scopes'],
      ['GET', '/v1/api-keys'],
      ['GET', '/v1/api-keys/current'],
      ['POST', '/v1/api-keys/current/revoke'],
    ] as const) {
      const answer = await call(method, path, { as: key, ...(method === 'POST' ? { body: {} } : {}) });
      expect([path, answer.status]).toEqual([path, 403]);
    }
    expect((await search(key)).status).toBe(200);
  });
});

describeInBrowser('the page of Keystile, in a browser', (browser) => {
  it('K03 K12 asks for the sign-in of the hub, leads to its settings to generate a key, and revokes it', async () => {
    const { page } = await browser.openContext({ clock }, { expects: [401] });
    await page.goto(`${url}/api-management`);
    await page.waitForURL(`${url}/settings?next=*`);
    await page.getByLabel('E-mail').fill(`${randomBytes(6).toString('hex')}@example.com`);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign up' }).click();

    await page.getByRole('heading', { level: 1, name: 'API Keys' }).waitFor();
    expect(await page.getByRole('navigation', { name: 'Dashboard' }).innerText()).toMatch(/^Settings\s+API Keys\s+Activity/);
    await page.getByText('No keys yet').waitFor();
    expect(await page.getByText('Copy as curl').count()).toBe(0);
    await page.getByRole('link', { name: 'Generate API Key' }).first().click();
    await page.waitForURL(`${url}/settings`);
    await page.getByRole('button', { name: 'Generate API Key' }).click();
    // The place is there before the key is.
    const key = (await page.locator('#key', { hasText: /\S{20}/ }).textContent())!;
    expect((await search(key)).status).toBe(200);

    await page.goto(`${url}/api-management/calls`);
    await page.getByRole('cell', { name: 'you', exact: true }).first().waitFor();
    await page.goto(`${url}/settings`);
    await page.getByRole('link', { name: 'What it was used for' }).click();
    await page.getByRole('button', { name: 'Actions for API Keys' }).waitFor();
    await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Actions for API Keys' }).click();
    expect((await page.getByRole('menuitem').allInnerTexts()).map((text) => text.trim())).toEqual([
      'Its calls',
      'Revoke …',
      'Everything about it',
    ]);
    await page.getByRole('menuitem', { name: 'Revoke …' }).click();
    await page.getByLabel('Write its name to go on').fill('API Keys');
    await page.getByRole('button', { name: 'Revoke the key' }).click();
    await page.getByText('API Keys is revoked').waitFor();
    expect(await search(key)).toMatchObject(INVALID);
  });
});
