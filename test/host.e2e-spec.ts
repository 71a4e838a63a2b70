import { Body, Controller, Get, HttpCode, Injectable, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { INestApplication } from '@nestjs/common';
import { DataSource, Column, Entity, PrimaryColumn } from 'typeorm';

import {
  type Actor,
  CurrentActor,
  CurrentPrincipal,
  type HostOwners,
  KeyService,
  KeystileModule,
  keystileEntities,
  migrateKeystile,
  openDatabase,
  type Owner,
  type Principal,
  Public,
  RequireScope,
  UserTokens,
} from 'keystile';
import { callHttp, temporaryDatabase } from 'keystile/testing';

import { CallStore } from '../src/audit';

@Entity('people')
class Person {
  @PrimaryColumn({ type: 'varchar', length: 36 })
  readonly id!: string;

  @Column({ type: 'varchar', length: 100 })
  readonly rights!: string;
}

@Injectable()
class People implements HostOwners {
  constructor(private readonly database: DataSource) {}

  async standing(_organizationId: string, { id }: Owner) {
    const person = await this.database.getRepository(Person).findOneBy({ id });
    return {
      isActive: person !== null,
      organizationStatus: 'active' as const,
      scopes: person?.rights.split(' ') ?? [],
      userId: id,
    };
  }
}

@Controller('notes')
class NoteController {
  constructor(
    private readonly keys: KeyService,
    private readonly tokens: UserTokens,
  ) {}

  @Get(':id')
  @RequireScope('note.read')
  read(@Param('id') id: string, @CurrentPrincipal() { type, organizationId }: Principal): object {
    return { id, type, organizationId };
  }

  @Post()
  @RequireScope('note.create')
  create(@Body() body: object): object {
    return body;
  }

  @Post('keys')
  @RequireScope('api_key.create')
  async createKey(@CurrentPrincipal() principal: Principal, @CurrentActor() actor: Actor): Promise<object> {
    const issued = await this.keys.create({ principal, actor }, { name: 'mine', scopes: ['note.read'] });
    return { success: true, data: { id: issued.id, key: issued.key } };
  }

  @Post('sign-in')
  @Public()
  @HttpCode(200)
  async signIn(@Body() { userId }: { userId: string }): Promise<object> {
    return { token: await this.tokens.issue({ userId, organizationId: 'acme' }) };
  }
}

describe.each(['fastify', 'express'] as const)('A host on %s', (name) => {
  let app: INestApplication;
  let database: DataSource;
  let drop: () => Promise<void>;
  let url: string;
  let token: string;

  beforeAll(async () => {
    const temporary = await temporaryDatabase();
    drop = temporary.drop;
    database = await openDatabase(temporary.url ?? 'sqlite::memory:', [Person, ...keystileEntities]);
    await migrateKeystile(database);
    await database.query('CREATE TABLE people (id varchar(36) primary key, rights varchar(100) not null)');
    await database.getRepository(Person).insert({ id: 'ada', rights: 'note.* api_key.*' });

    @Module({ providers: [People, { provide: DataSource, useValue: database }], exports: [People, DataSource] })
    class PeopleModule {}

    @Module({
      imports: [
        KeystileModule.forRootAsync({
          imports: [PeopleModule],
          inject: [DataSource, People],
          useFactory: (source: DataSource, owners: People) => ({
            database: source,
            owners,
            peppers: [{ id: 'p1', secret: Buffer.alloc(32, 1) }],
          }),
        }),
      ],
      controllers: [NoteController],
    })
    class HostModule {}

    const adapter = name === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
    app = await NestFactory.create(HostModule, adapter as FastifyAdapter, { logger: ['error'], abortOnError: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    const signedIn = await callHttp(url, 'POST', '/notes/sign-in', { body: { userId: 'ada' } });
    token = signedIn.body.token as string;
  });

  afterAll(async () => {
    await app?.close();
    await database?.destroy();
    await drop?.();
  });

  it('guards its controllers with keys that it issues itself', async () => {
    const created = await callHttp(url, 'POST', '/notes/keys', { as: token });
    expect(created).toMatchObject({ status: 201, body: { success: true } });
    const { key } = created.body.data as { key: string };
    expect(await callHttp(url, 'GET', '/notes/1', { as: key })).toMatchObject({
      status: 200,
      body: { id: '1', type: 'api_key', organizationId: 'acme' },
    });
    const refused = await callHttp(url, 'POST', '/notes', { as: key, body: { a: 1 } });
    expect(refused).toMatchObject({ status: 403, body: { code: 'insufficient_scope', requiredScopes: ['note.create'] } });
    expect(refused.headers['content-type']).toMatch('application/problem+json');
    expect(refused.headers['www-authenticate']).toMatch('scope="note.create"');
  });

  it('refuses before it reads a body', async () => {
    const refused = await callHttp(url, 'POST', '/notes', { body: '{"broken', headers: { 'content-type': 'application/json' } });
    expect(refused).toMatchObject({ status: 401, body: { code: 'missing_credentials' } });
  });

  it('does not check its own bodies in our way', async () => {
    expect(await callHttp(url, 'POST', '/notes?x=1', { as: token, body: { anything: true } })).toMatchObject({
      status: 201,
      body: { anything: true },
    });
  });

  it('answers what does not exist in its own way, and knows who asked', async () => {
    const answer = await callHttp(url, 'GET', '/nothing', { as: token });
    expect(answer).toMatchObject({ status: 404, body: { statusCode: 404 } });
  });

  it('has one row for each call', async () => {
    await callHttp(url, 'GET', '/notes/1', { as: token });
    await callHttp(url, 'GET', '/notes/1');
    await callHttp(url, 'GET', '/nothing', { as: token });
    await callHttp(url, 'POST', '/notes', { as: token, body: '{"broken', headers: { 'content-type': 'application/json' } });
    await app.get(CallStore).flush();
    const rows: Array<{ status: number; principal_type: string }> = await database.query(
      'SELECT status, principal_type FROM keystile_call_logs ORDER BY id, tail',
    );
    expect(rows.slice(-4).map(({ status, principal_type }) => [status, principal_type])).toEqual([
      [200, 'u'],
      [401, '-'],
      [404, 'u'],
      [400, 'u'],
    ]);
  });
});
