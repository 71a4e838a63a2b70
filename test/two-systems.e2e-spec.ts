import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { KeyReader, openDatabase } from 'keystile';
import { type Answer, callHttp, type CallOptions, FixedClock, type TemporaryDatabase, temporaryDatabase } from 'keystile/testing';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';

import { KnowledgeHubModule, knowledgeHubEntities, prepareKnowledgeHub } from '../examples/knowledge-hub/knowledge-hub.module';
import {
  prepareWhatsappManager,
  WhatsappManagerModule,
  whatsappManagerEntities,
} from '../examples/whatsapp-manager/whatsapp-manager.module';

const PASSWORD = 'correct horse battery staple';
// One secret for both: what keeps them apart is not that they cannot read each other.
const peppers = [{ id: 'p1', secret: randomBytes(32) }];
const clock = new FixedClock();

/** One application, listening. */
class System {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
  ) {}

  static async start(module: Parameters<typeof NestFactory.create>[0]): Promise<System> {
    const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: ['error'], abortOnError: false });
    await app.listen(0, '127.0.0.1');
    return new System(app, await app.getUrl());
  }

  call(method: string, path: string, options?: CallOptions): Promise<Answer> {
    return callHttp(this.url, method, path, options);
  }

  stop(): Promise<void> {
    return this.app.close();
  }
}

let temporary: TemporaryDatabase;
let database: DataSource;
let hub: System;
let manager: System;

/** Somewhere else each time: sign-ups are limited by address. */
const anAddress = (): string => `127.${[...randomBytes(3)].map((byte) => Math.max(1, byte % 255)).join('.')}`;

/** Somebody with an account in the hub, and their key there. */
async function hubUser(system = hub): Promise<{ id: string; cookie: string; key: string }> {
  const body = { email: `${randomBytes(6).toString('hex')}@example.com`, password: PASSWORD };
  const signedUp = await system.call('POST', '/auth/sign-up', { body, from: anAddress() });
  const cookie = signedUp.cookies[0]!.split(';', 1)[0]!;
  const generated = await system.call('POST', '/settings/api-key', {
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
    body: {},
  });
  return { id: signedUp.body.id as string, cookie, key: generated.body.apiKey.key as string };
}

/** An admin of the manager, and their key there. */
async function managerUser(): Promise<{ token: string; key: string; organizationId: string }> {
  const registered = await manager.call('POST', '/api/auth/register', {
    body: { email: `${randomBytes(6).toString('hex')}@example.com`, password: PASSWORD, full_name: 'Ada', organization_name: 'Acme' },
    from: anAddress(),
  });
  const { access_token: token, user } = registered.body.data;
  const created = await manager.call('POST', '/api/api-keys', { as: token, body: { name: 'Production' } });
  return { token, key: created.body.data.key as string, organizationId: user.organization_id as string };
}

beforeAll(async () => {
  temporary = await temporaryDatabase();
  const entities = [...new Set([...knowledgeHubEntities, ...whatsappManagerEntities])];
  database = await openDatabase(temporary.url ?? 'sqlite::memory:', entities);
  await prepareKnowledgeHub(database);
  await prepareWhatsappManager(database);
  hub = await System.start(KnowledgeHubModule.forRoot({ database, peppers, clock, rateLimit: { limit: 10, windowSeconds: 60 } }));
  manager = await System.start(WhatsappManagerModule.forRoot({ database, peppers, clock, takesBearerKeys: true }));
});

afterAll(async () => {
  await hub?.stop();
  await manager?.stop();
  await database?.destroy();
  await temporary?.drop();
});

describe('two systems in one process, on one database, with the same pepper', () => {
  it('know their own keys and not those of the other', async () => {
    const [ada, bob] = [await hubUser(), await managerUser()];
    expect((await hub.call('GET', '/v1/cards/search', { as: ada.key })).status).toBe(200);
    expect((await manager.call('GET', '/api/contacts', { as: bob.key })).status).toBe(200);
    expect((await hub.call('GET', '/v1/cards/search', { as: bob.key })).body).toMatchObject({ code: 'INVALID_API_KEY' });
    expect((await manager.call('GET', '/api/contacts', { as: ada.key })).body).toMatchObject({ message: 'Invalid API key' });
  });

  it('do not take a key of the other for one of theirs where it reads like theirs, either', async () => {
    const ada = await hubUser();
    // As if the manager's key had been drawn in the form of the hub: same text, same digest, another realm.
    await database.query('UPDATE api_keys SET realm = ? WHERE owner_id = ?', ['whatsapp-manager', ada.id]);
    expect(await hub.call('GET', '/v1/cards/search', { as: ada.key })).toMatchObject({ status: 401, body: { code: 'INVALID_API_KEY' } });
  });

  it('know their own people and not those of the other', async () => {
    const [ada, bob] = [await hubUser(), await managerUser()];
    const adasToken = ada.cookie.split('=')[1]!;
    expect((await manager.call('GET', '/api/contacts', { as: adasToken })).status).toBe(401);
    expect((await hub.call('GET', '/settings/api-key', { headers: { cookie: `hub_session=${bob.token}` } })).status).toBe(401);
    expect((await hub.call('GET', '/settings/api-key', { headers: { cookie: ada.cookie } })).status).toBe(200);
  });

  it('list and delete their own keys only, even where an organization has the same id in both', async () => {
    const [ada, bob] = [await hubUser(), await managerUser()];
    await database.query('UPDATE api_keys SET organization_id = ? WHERE owner_id = ?', [bob.organizationId, ada.id]);
    const listed = await manager.call('GET', '/api/api-keys', { as: bob.token });
    expect(listed.body.data).toEqual([expect.objectContaining({ key_prefix: bob.key.slice(4, 12) })]);
    const [{ id }] = (await database.query('SELECT id FROM api_keys WHERE owner_id = ?', [ada.id])) as [{ id: string }];
    await expect(manager.app.get(KeyReader, { strict: false }).get(bob.organizationId, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(hub.app.get(KeyReader, { strict: false }).get(bob.organizationId, id)).resolves.toMatchObject({ id });
  });

  it('count calls and allow keys by their own rules', async () => {
    const [ada, bob] = [await hubUser(), await managerUser()];
    for (let i = 0; i < 10; i++) {
      expect((await hub.call('GET', '/v1/cards/search', { as: ada.key })).status).toBe(200);
      expect((await manager.call('GET', '/api/contacts', { as: bob.key })).status).toBe(200);
    }
    expect((await hub.call('GET', '/v1/cards/search', { as: ada.key })).status).toBe(429);
    expect((await manager.call('GET', '/api/contacts', { as: bob.key })).status).toBe(200);
    for (let i = 0; i < 3; i++)
      expect((await manager.call('POST', '/api/api-keys', { as: bob.token, body: { name: 'x' } })).status).toBe(201);
  });

  it('refuse in their own words', async () => {
    expect((await hub.call('GET', '/v1/cards/search')).body).toEqual({
      code: 'MISSING_AUTHORIZATION',
      error: 'Missing or invalid Authorization header',
    });
    expect((await manager.call('GET', '/api/contacts')).body).toMatchObject({ status: 'error' });
    expect((await hub.call('GET', '/api/contacts')).status).toBe(404);
    expect((await manager.call('GET', '/v1/cards/search')).status).toBe(404);
  });

  it('go on when the other one stops', async () => {
    const bob = await managerUser();
    const other = await System.start(KnowledgeHubModule.forRoot({ database, peppers, clock }));
    const ada = await hubUser(other);
    await other.stop();
    expect((await manager.call('GET', '/api/contacts', { as: bob.key })).status).toBe(200);
    expect((await hub.call('GET', '/v1/cards/search', { as: ada.key })).status).toBe(200);
  });
});

it('one system that runs twice in a process counts each call once', async () => {
  const rateLimit = { limit: 4, windowSeconds: 60 };
  const twins = [
    await System.start(KnowledgeHubModule.forRoot({ database, peppers, clock, rateLimit })),
    await System.start(KnowledgeHubModule.forRoot({ database, peppers, clock, rateLimit })),
  ];
  for (const twin of twins) {
    const { key } = await hubUser(twin);
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await twin.call('GET', '/v1/cards/search', { as: key })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  }
  for (const twin of twins) await twin.stop();
});
