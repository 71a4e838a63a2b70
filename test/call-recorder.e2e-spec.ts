import { Body, Controller, type DynamicModule, Get, HttpCode, Module, Post, Res, StreamableFile } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { EventEmitter, once } from 'node:events';
import { Agent, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DataSource } from 'typeorm';

import { auditEntities, AuditModule, auditMigrations, CALL_DATABASE, callEntities, callMigrations, CallRecorder } from '../src/audit';
import type { CallLogView } from '../src/audit/call-log.dto';
import { CallLogService } from '../src/audit/call-log.service';
import { CLOCK, IpAllowlist, type Principal, systemClock } from '../src/common';
import { CoordinationModule } from '../src/coordination';
import { HttpModule, LARGEST_BODY_BYTES, readJsonBodies } from '../src/http';
import { PermissionsModule, Public } from '../src/permissions';
import { migrateKeystile, openDatabase } from '../src/persistence';
import { callHttp } from '../src/testing';
import { databaseKinds, type FreshDatabase } from './support/fresh-database';

const OPERATOR = { type: 'user', id: 'usr_operator', organizationId: 'org_operator', operator: true } as Principal;
const ACTOR = { type: 'user', id: 'usr_operator', requestId: null, ip: null } as const;

/** Says when `/slow` is being answered, and lets it go on. */
const slow = new EventEmitter();

@Public()
@Controller()
class ProbeController {
  @Get('ok')
  ok(): object {
    return { say: 'grüß dich' };
  }

  @Post('echo')
  echo(@Body() body: object): object {
    return body;
  }

  @Get('boom')
  boom(): never {
    throw new Error('boom');
  }

  @Get('empty')
  @HttpCode(204)
  empty(): void {
    // Says nothing.
  }

  @Get('unchanged')
  @HttpCode(304)
  unchanged(): void {
    // Says nothing either.
  }

  @Get('stream')
  stream(): StreamableFile {
    return new StreamableFile(Readable.from(['one', 'two', 'three'].map((part) => Buffer.from(part))));
  }

  @Get('endless')
  endless(): StreamableFile {
    return new StreamableFile(
      Readable.from(
        (async function* () {
          for (;;) {
            yield Buffer.alloc(1024);
            await nextTurn();
          }
        })(),
      ),
    );
  }

  @Get('slow')
  async slow(): Promise<object> {
    slow.emit('begun');
    await once(slow, 'go on');
    return {};
  }

  @Get('raw/:way')
  raw(@Res() reply: FastifyReply): void {
    reply.hijack();
    const {
      raw,
      request: { params },
    } = reply;
    const ways: Record<string, () => void> = {
      callback: () => raw.end(() => undefined),
      'text-and-callback': () => raw.end('text', () => undefined),
      encoded: () => raw.end('74657874', 'hex', () => undefined),
      written: () => {
        raw.write('te');
        raw.write(Buffer.from('x'), () => undefined);
        raw.end('t');
      },
      twice: () => {
        raw.end('text');
        raw.end();
      },
      'wrong-first': () => {
        try {
          raw.end(5);
        } catch {
          raw.statusCode = 502;
          raw.end('text');
        }
      },
    };
    ways[(params as { way: string }).way]!();
  }
}

@Module({})
class HostModule {
  static forRoot(database: DataSource): DynamicModule {
    const providers = [
      { provide: DataSource, useValue: database },
      { provide: CALL_DATABASE, useValue: database },
      { provide: CLOCK, useValue: systemClock },
    ];
    return { module: HostModule, global: true, providers, exports: [DataSource, CALL_DATABASE, CLOCK] };
  }
}

@Module({})
class ProbeModule {}

describe.each(databaseKinds)('the recorder of calls, with the log on %s', (_name, create) => {
  let file: FreshDatabase;
  let database: DataSource;
  let app: NestFastifyApplication;
  let url: string;

  beforeAll(async () => {
    file = await create();
    database = await openDatabase(file.url, [...auditEntities, ...callEntities]);
    await migrateKeystile(database, [...auditMigrations, ...callMigrations]);
    const module: DynamicModule = {
      module: ProbeModule,
      imports: [
        HostModule.forRoot(database),
        CoordinationModule.forRoot(),
        PermissionsModule.forRoot(),
        HttpModule.forRoot({ cursorSecrets: [Buffer.alloc(32)] }),
        AuditModule.forRoot({ trustedProxies: new IpAllowlist(['127.0.0.1']) }),
      ],
      controllers: [ProbeController],
    };
    const adapter = new FastifyAdapter();
    app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: false, bodyParser: false });
    app.get(CallRecorder).recordCalls(app.getHttpServer());
    readJsonBodies(adapter.getInstance());
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await app.close();
    await database.destroy();
    await file.drop();
  });

  beforeEach(async () => {
    await rows();
    await database.query('DELETE FROM keystile_call_logs');
  });

  /** Every row there is, newest first. */
  const rows = async (): Promise<readonly CallLogView[]> =>
    (await app.get(CallLogService).list(OPERATOR, ACTOR, { scope: 'installation', limit: 100 })).data;

  const theRow = async (): Promise<CallLogView> => {
    const all = await rows();
    expect(all).toHaveLength(1);
    return all[0]!;
  };

  /** Sends text as it is, and gives back all that came until the connection was closed. */
  async function send(words: string): Promise<string> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end(words);
    return text(socket);
  }

  it.each<[what: string, method: string, path: string, body: string | undefined, status: number]>([
    ['an answered one', 'GET', '/ok', undefined, 200],
    ['one with a body', 'POST', '/echo', '{"a":1}', 201],
    ['HEAD', 'HEAD', '/ok', undefined, 200],
    ['OPTIONS', 'OPTIONS', '/ok', undefined, 404],
    ['one without content', 'GET', '/empty', undefined, 204],
    ['one that was not modified', 'GET', '/unchanged', undefined, 304],
    ['malformed JSON', 'POST', '/echo', '{"a":', 400],
    ['a path that does not exist', 'GET', '/nothing', undefined, 404],
    ['a body that is too large', 'POST', '/echo', JSON.stringify({ a: 'x'.repeat(LARGEST_BODY_BYTES) }), 413],
    ['another method', 'DELETE', '/ok', undefined, 404],
    ['a bug', 'GET', '/boom', undefined, 500],
    ['a stream', 'GET', '/stream', undefined, 200],
  ])('T31 A19.1: makes exactly one row of %s (%s %s)', async (_what, method, path, body, status) => {
    const answer = await callHttp(url, method, path, body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } });
    expect(answer.status).toBe(status);
    expect(await theRow()).toMatchObject({
      requestId: answer.headers['x-request-id'],
      method,
      path,
      status,
      responseBytes: Buffer.byteLength(answer.text),
      ip: '127.0.0.1',
      organizationId: null,
      principalType: null,
    });
  });

  it('says the code of what it was answered with', async () => {
    await callHttp(url, 'GET', '/boom');
    expect((await theRow()).code).toBe('internal_error');
  });

  it.each([
    ['callback', 0],
    ['text-and-callback', 4],
    ['encoded', 4],
    ['written', 4],
    ['twice', 4],
  ])('counts the bytes of an answer that was ended by %s', async (way, responseBytes) => {
    const answer = await callHttp(url, 'GET', `/raw/${way}`);
    expect(Buffer.byteLength(answer.text)).toBe(responseBytes);
    expect(await theRow()).toMatchObject({ status: 200, responseBytes });
  });

  it('tells what was sent in the end, not what could not be sent', async () => {
    expect((await callHttp(url, 'GET', '/raw/wrong-first')).status).toBe(502);
    expect(await theRow()).toMatchObject({ status: 502, responseBytes: 4 });
  });

  it('A19.1: makes one row of a call that its caller gave up', async () => {
    const begun = once(slow, 'begun');
    const sent = request(`${url}/slow`);
    sent.on('error', () => undefined);
    sent.end();
    await begun;
    sent.destroy();
    while ((await rows()).length === 0) await nextTurn();
    slow.emit('go on');
    await nextTurn();
    expect(await theRow()).toMatchObject({ path: '/slow', status: 499, code: null });
  });

  it('A19.1: makes one row of a stream that its caller gave up, with what had left by then', async () => {
    const sent = request(`${url}/endless`);
    sent.end();
    const [response] = (await once(sent, 'response')) as [Readable];
    await once(response, 'data');
    response.on('error', () => undefined);
    // It has its row before its first byte leaves, and its end is added to it.
    expect((await theRow()).status).toBe(200);
    sent.destroy();
    while ((await theRow()).status === 200) await nextTurn();
    const row = await theRow();
    expect(row.status).toBe(499);
    expect(row.responseBytes).toBeGreaterThan(0);
  });

  it('makes one row of each of several calls over one connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 5; i++) {
      const sent = request(`${url}/ok?i=${i}`, { agent });
      sent.end();
      const [response] = (await once(sent, 'response')) as [Readable];
      await text(response);
    }
    agent.destroy();
    expect(new Set((await rows()).map(({ requestId }) => requestId)).size).toBe(5);
  });

  it('makes one row of each of several calls sent at once over one connection', async () => {
    const last = 'GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answers = await send(`${'GET /ok HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(3)}GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n${last}`);
    const ids = [...answers.matchAll(/x-request-id: (req_\w{26})/gi)].map(([, id]) => id);
    expect(ids).toHaveLength(5);
    const all = await rows();
    expect(all.map(({ requestId }) => requestId)).toEqual(ids.toReversed());
    expect(all.map(({ status }) => status)).toEqual([200, 404, 200, 200, 200]);
  });

  it('makes one row of a call with an expectation that Node refuses by itself', async () => {
    const answer = await send('GET /ok HTTP/1.1\r\nHost: x\r\nExpect: a miracle\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 417 /);
    expect(await theRow()).toMatchObject({ status: 417, path: '/ok' });
  });

  it('never takes the id of a call from outside, and keeps what came beside its own', async () => {
    const answer = await callHttp(url, 'GET', '/ok', { headers: { 'x-request-id': 'req_01kf0hj080e00r01gg0wp0atw1' } });
    expect(answer.headers['x-request-id']).not.toBe('req_01kf0hj080e00r01gg0wp0atw1');
    expect(await theRow()).toMatchObject({
      requestId: answer.headers['x-request-id'],
      inboundRequestId: 'req_01kf0hj080e00r01gg0wp0atw1',
    });
  });

  it('A19.2: keeps what came from outside on one line, without query, without secrets, and within bounds', async () => {
    const secret = 'ks_live_4fGh7jKl9mNp_Qw3rTy6uIo9pAs2dFg5hJk8lZx1cVb4nMq0wE2';
    await callHttp(url, 'GET', `/nothing/${secret}/%0d%0a"${'x'.repeat(600)}?token=${secret}#x`, {
      headers: {
        'user-agent': 'evil\u0085agent\u009b31m',
        referer: `https://app.example.com/a?key=${secret}`,
        'x-request-id': `a"b\t${'y'.repeat(400)}`,
      },
    });
    const row = await theRow();
    expect(JSON.stringify(row)).not.toContain(secret.slice(-20));
    expect(row.path).toMatch(/^\/nothing\/ks_live_4fGh7jKl9mNp\[redacted\]\/%0d%0a"x+$/);
    expect(row.path).toHaveLength(512);
    expect(row.userAgent).toBe('evil\\u0085agent\\u009b31m');
    expect(row.referrer).toBe('https://app.example.com/a');
    expect(row.inboundRequestId).toMatch(/^a"b\\u0009y+$/);
    expect(row.inboundRequestId).toHaveLength(256);
  });

  it('sees the caller as a trusted proxy names him, and nobody where the chain cannot be read', async () => {
    await callHttp(url, 'GET', '/ok', { headers: { 'x-forwarded-for': '203.0.113.7' } });
    expect((await theRow()).ip).toBe('203.0.113.7');
    await database.query('DELETE FROM keystile_call_logs');
    await callHttp(url, 'GET', '/ok', { headers: { 'x-forwarded-for': '<script>' } });
    expect((await theRow()).ip).toBeNull();
  });

  it('measures how long a call took', async () => {
    const begun = once(slow, 'begun');
    const answer = callHttp(url, 'GET', '/slow');
    await begun;
    const until = performance.now() + 50;
    while (performance.now() < until) await nextTurn();
    slow.emit('go on');
    await answer;
    const { latencyMs } = await theRow();
    expect(latencyMs).toBeGreaterThanOrEqual(50);
    expect(latencyMs).toBeLessThan(5_000);
  });

  it('loses no call when the application closes', async () => {
    const calls = Array.from({ length: 50 }, () => callHttp(url, 'GET', '/ok'));
    await Promise.all(calls);
    await app.close();
    const [{ count }] = await database.query<[{ count: unknown }]>('SELECT COUNT(*) AS count FROM keystile_call_logs');
    expect(Number(count)).toBe(50);
  });
});
