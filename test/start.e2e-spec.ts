import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type AccessConfig, Authenticated, PermissionsModule, Public, RouteInventory } from '../src/permissions';
import { startService } from '../src/service';
import { callHttp, FixedClock, KeystileApp, temporaryDatabase, type TemporaryDatabase } from '../src/testing';

describe('the start', () => {
  let dataDir: string;
  let database: TemporaryDatabase;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'keystile-start-'));
    database = await temporaryDatabase();
  });
  afterEach(async () => {
    await database.drop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async (env: Record<string, string> = {}, clock = new FixedClock()) => {
    const lines: string[] = [];
    const environment = {
      NODE_ENV: 'test',
      PORT: '0',
      DATA_DIR: dataDir,
      LOG_LEVEL: 'error',
      CALL_LOG_DRAIN: 'inline',
      ...(database.url ? { DATABASE_URL: database.url } : {}),
      ...env,
    };
    const service = await startService(environment, { clock, print: (line) => lines.push(line) });
    return { service, lines, link: /(http:\S+\/api-management\/setup#\S+)/.exec(lines.join('\n'))?.[1] };
  };

  const setUp = (url: string, token: string) =>
    callHttp(url, 'POST', '/v1/setup', {
      body: { token, email: 'o@example.com', password: 'correct horse battery', name: 'O', organizationName: 'A', transport: 'bearer' },
    });

  it('prints the dashboard, the reference and a one-time link, until there is an owner', async () => {
    const first = await start();
    expect(first.lines.join('\n')).toContain(`${first.service.url}/api-management`);
    expect(first.lines.join('\n')).toContain(`${first.service.url}/docs`);
    expect(first.link).toContain(first.service.url);
    await first.service.stop();

    const second = await start();
    expect(second.link).toBeDefined();
    expect(second.link!.split('#')[1]).not.toBe(first.link!.split('#')[1]);
    expect(second.lines.join('\n')).not.toContain('curl');
    expect((await setUp(second.service.url, second.link!.split('#')[1]!)).status).toBe(201);
    expect(second.lines.at(-1)).toContain(`curl -i ${second.service.url}/v1/whoami`);
    expect((await setUp(second.service.url, second.link!.split('#')[1]!)).status).toBe(404);
    await second.service.stop();

    const third = await start();
    expect(third.link).toBeUndefined();
    expect(third.lines.join('\n')).toContain('curl');
    expect(await third.service.mintSetupLink()).toBeNull();
    await third.service.stop();
  });

  it('a setup link works for 30 minutes', async () => {
    const clock = new FixedClock();
    const { service, link } = await start({}, clock);
    clock.move({ minutes: 30 });
    const late = await setUp(service.url, link!.split('#')[1]!);
    expect(late.body.code).toBe('token_used_or_expired');
    const fresh = await service.mintSetupLink();
    expect((await setUp(service.url, fresh!.split('#')[1]!)).status).toBe(201);
    await service.stop();
  });

  it('of ten setups at once one wins', async () => {
    const { service, link } = await start();
    const answers = await Promise.all(Array.from({ length: 10 }, () => setUp(service.url, link!.split('#')[1]!)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404 || status === 400)).toHaveLength(9);
    await service.stop();
  });

  it('keeps keys and people over a restart', async () => {
    const app = await KeystileApp.start({ keep: { dataDir, databaseUrl: database.url } });
    const { key } = await app.issueKey({ scopes: ['send_sms'] });
    await app.stop({ disposeData: false });
    const again = await KeystileApp.start({ keep: { dataDir, databaseUrl: database.url } });
    expect((await again.get('/v1/whoami', { as: key })).body.scopes).toEqual(['send_sms']);
    expect((await again.owner()).email).toBe('owner@example.com');
    await again.stop({ disposeData: false });
  });

  it('lets one process at a time serve an embedded database', async () => {
    const { service } = await start({ DATABASE_URL: '' });
    await expect(start({ DATABASE_URL: '' })).rejects.toThrow('Another Keystile process is running on this data directory');
    await service.stop();
    const next = await start({ DATABASE_URL: '' });
    await next.service.stop();
  });

  it('ends twice as well as once, and stores every call before', async () => {
    const { service, link } = await start();
    const { body } = await setUp(service.url, link!.split('#')[1]!);
    for (let i = 0; i < 20; i++) await callHttp(service.url, 'GET', '/v1/whoami', { as: body.accessToken as string });
    await Promise.all([service.stop(), service.stop()]);
    const next = await start();
    const owner = await callHttp(next.service.url, 'POST', '/v1/auth/login', {
      body: { email: 'o@example.com', password: 'correct horse battery', transport: 'bearer' },
    });
    const calls = await callHttp(next.service.url, 'GET', '/v1/call-logs?path=/v1/whoami&limit=100', {
      as: owner.body.accessToken as string,
    });
    expect(calls.body.data).toHaveLength(20);
    await next.service.stop();
  });
});

describe('closed by default', () => {
  @Controller('open')
  class SilentController {
    @Get('silent')
    silent(): string {
      return 'nobody said who may read this';
    }
  }

  @Controller('said')
  class SayingController {
    @Get('a')
    @Public()
    a(): void {}

    @Get('b')
    @Authenticated()
    b(): void {}
  }

  const routesOf = async (controllers: Array<new () => object>, outside: AccessConfig | undefined) => {
    @Module({ imports: [PermissionsModule.forRoot()], controllers })
    class HostModule {}
    const adapter = new FastifyAdapter();
    const app = await NestFactory.create<NestFastifyApplication>(HostModule, adapter, { logger: false, abortOnError: false });
    const inventory = app.get(RouteInventory);
    const fastify = adapter.getInstance();
    fastify.addHook('onRoute', ({ method, url, config }) => {
      for (const one of [method].flat()) inventory.add(one, url, (config ?? {}) as AccessConfig);
    });
    if (outside) fastify.get('/outside', { config: outside as never }, () => 'x');
    try {
      await app.init();
      return inventory.routes.map(({ method, path, name, access }) => `${method} ${path} ${name} ${access.kind}`);
    } finally {
      await app.close();
    }
  };

  it('T13 a route that does not say who may call it stops the start, and is named', async () => {
    await expect(routesOf([SilentController], undefined)).rejects.toThrow(
      'GET /open/silent (SilentController.silent) does not say who may call it',
    );
  });

  it('A06.7 so does a route outside Nest', async () => {
    await expect(routesOf([], {})).rejects.toThrow('GET /outside (outside Nest) does not say who may call it');
  });

  it('lists every route with who may call it', async () => {
    const routes = await routesOf([SayingController], { access: { kind: 'public' }, name: 'a page' });
    expect(routes).toEqual(
      expect.arrayContaining([
        'GET /said/a SayingController.a public',
        'HEAD /said/a SayingController.a public',
        'GET /said/b SayingController.b authenticated',
        'GET /outside a page public',
      ]),
    );
  });
});
