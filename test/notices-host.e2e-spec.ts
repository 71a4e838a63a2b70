import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';

import {
  type KeystileOptions,
  KeystileModule,
  keystileEntities,
  migrateKeystile,
  NoticeJob,
  openDatabase,
  RequireScope,
  UserTokens,
} from 'keystile';
import { type Answer, callHttp, FixedClock, temporaryDatabase } from 'keystile/testing';

@Controller('notes')
class NoteController {
  @Get()
  @RequireScope('note.read')
  list(): object {
    return [];
  }
}

/** A mail as the host hands it over. */
type Sent = readonly [to: string, subject: string, text: string];

describe('an application that imports the package', () => {
  const clock = new FixedClock();
  const sent: Sent[] = [];
  const notices: KeystileOptions['notices'] = {
    contacts: {
      contactsOf: (organizationId, { id }) =>
        Promise.resolve(id === 'gone' ? undefined : { organizationId, organizationName: 'Acme', addresses: [`${id}@example.com`] }),
    },
    mailer: {
      isConfigured: true,
      send: ({ to, subject, text }) => {
        sent.push([to, subject, text]);
        return to.startsWith('grace') ? Promise.reject(new Error('No such mailbox')) : Promise.resolve();
      },
    },
    link: 'https://app.example.com/keys',
  };

  let app: NestFastifyApplication;
  let database: DataSource;
  let drop: () => Promise<void>;
  const start = async (options: Partial<KeystileOptions>): Promise<void> => {
    const owners: KeystileOptions['owners'] = {
      standing: (_organizationId, { id }) => Promise.resolve({ isActive: true, organizationStatus: 'active', scopes: ['*'], userId: id }),
    };
    const peppers = [{ id: 'p1', secret: Buffer.alloc(32, 1) }];
    const keystile = KeystileModule.forRoot({ database, owners, peppers, clock, trustedProxies: ['127.0.0.1'], api: true, ...options });
    @Module({ imports: [keystile], controllers: [NoteController] })
    class HostModule {}
    app = await NestFactory.create<NestFastifyApplication>(HostModule, new FastifyAdapter(), { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
  };

  beforeEach(async () => {
    const temporary = await temporaryDatabase();
    drop = temporary.drop;
    database = await openDatabase(temporary.url ?? 'sqlite::memory:', keystileEntities);
    await migrateKeystile(database);
    sent.length = 0;
  });
  afterEach(async () => {
    await app.close();
    await database.destroy();
    await drop();
  });

  const call = async (method: string, path: string, as: string, body?: object, ip = '203.0.113.7'): Promise<Answer> =>
    callHttp(await app.getUrl(), method, path, { as, body, headers: { 'x-forwarded-for': ip } });
  const person = (userId: string): Promise<string> => app.get(UserTokens).issue({ userId, organizationId: 'acme' });
  const issue = async (userId: string): Promise<{ id: string; key: string }> => {
    const { body } = await call('POST', '/v1/api-keys', await person(userId), { name: 'job', scopes: ['note.read'] });
    return body as { id: string; key: string };
  };
  const actions = async (id: string): Promise<string[]> => {
    const token = await person('ada');
    await call('GET', `/v1/api-keys/${id}`, token);
    const { body } = await call('GET', `/v1/audit-events?targetId=${id}`, token);
    return (body.data as Array<{ action: string; actor: { type: string } }>)
      .filter(({ actor }) => actor.type === 'system')
      .map(({ action }) => action);
  };

  it('G13 has live keys watched without a word of its own, in the audit trail', async () => {
    await start({});
    const { id, key } = await issue('ada');
    expect((await call('GET', '/notes', key)).status).toBe(200);
    expect((await call('GET', '/notes', key, undefined, '198.51.100.1')).status).toBe(200);
    for (let i = 0; i < 20; i++) expect((await call('GET', '/v1/api-keys', key)).status).toBe(403);
    expect(await actions(id)).toEqual(['api_key.refusal_burst', 'api_key.new_network']);
    clock.move({ days: 90 });
    expect(await app.get(NoticeJob).runOnce()).toBe(1);
    expect(await actions(id)).toEqual(['api_key.rotation_due', 'api_key.refusal_burst', 'api_key.new_network']);
  });

  it('C25 says whom to write to and by what mail, and lists the keys of its people', async () => {
    await start({ notices });
    const { id } = await issue('ada');
    await issue('grace');
    await issue('gone');
    clock.move({ days: 90 });
    expect(await app.get(NoticeJob).runOnce()).toBe(2);
    expect(sent.map(([to, subject]) => [to, subject])).toEqual([
      ['ada@example.com', 'An API key of Acme is due for rotation'],
      ['grace@example.com', 'An API key of Acme is due for rotation'],
    ]);
    expect(sent[0]![2]).toContain('\nhttps://app.example.com/keys\n');
    const { body } = await call('GET', '/v1/members/ada/keys', await person('grace'));
    expect(body.data).toEqual([expect.objectContaining({ id, why: ['owned', 'created'] })]);
    expect((await call('GET', '/v1/members/nobody/keys', await person('grace'))).status).toBe(404);
  });
});
