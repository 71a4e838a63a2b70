import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { AuditTrail, CallStore } from '../src/audit';
import { ExportTurns } from '../src/audit/export-turns';
import { type Answer, KeystileApp, type TestPerson } from '../src/testing';
import { aCall, aKeyHolder, NOON } from './support/finished-call';
import { countStatements } from './support/statements';

type Row = Readonly<Record<string, unknown>>;

const lines = (text: string): Row[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Row);

/** Records of RFC 4180; none of ours has a line break in a cell. */
const records = (text: string): string[][] =>
  text
    .split('\r\n')
    .slice(0, -1)
    .map((line) =>
      [...`${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!),
    );

describe('an export', () => {
  let app: KeystileApp;
  let owner: TestPerson;

  beforeAll(async () => {
    app = await KeystileApp.start();
  });

  beforeEach(async () => {
    owner = await app.otherOrganization('Acme');
  });

  afterAll(() => app.stop());

  const download = (path: string, as = owner.token): Promise<Answer> => app.get(path, { as });
  const eventsOf = async (action: string): Promise<readonly Row[]> =>
    (await app.get<{ data: readonly Row[] }>(`/v1/audit-events?action=${action}`, { as: owner.token })).body.data;

  describe('that its caller gives up', () => {
    afterEach(() => jest.restoreAllMocks());

    const rowsOf = async (path: string): Promise<readonly Row[]> =>
      (await app.get<{ data: readonly Row[] }>(`/v1/call-logs?path=${path}`, { as: owner.token })).body.data;
    /** Sends a request, and goes away when it has arrived and `then` is over. */
    async function sendAndLeave(bytes: string, then: () => Promise<unknown> = nextTurn): Promise<void> {
      const { hostname, port } = new URL(app.url);
      const asked = once(app.service.app.getHttpServer(), 'request') as Promise<[IncomingMessage]>;
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      socket.write(bytes);
      const [{ socket: theirs }] = await asked;
      const gone = new Promise((resolve) => theirs.once('close', resolve));
      await then();
      socket.destroy();
      await gone;
    }
    const head = (method: string, path: string): string =>
      `${method} ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${owner.token}\r\n`;

    it.each([
      ['/v1/call-logs/export', 1],
      ['/v1/audit-events/export', 1],
      ['/v1/call-logs/export', 2],
    ])('is a call without a code, and no error of the service: %s, %i over one connection', async (path, count) => {
      const errors = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
      const warnings = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
      const take = Object.getOwnPropertyDescriptor(ExportTurns.prototype, 'take')!.value as ExportTurns['take'];
      const streams: Readable[] = [];
      jest.spyOn(ExportTurns.prototype, 'take').mockImplementation(async function (this: ExportTurns, ...parameters) {
        const file = await take.apply(this, parameters);
        const stream = file.getStream();
        // Its first page takes long.
        stream._read = () => undefined;
        streams.push(stream);
        return file;
      });
      await sendAndLeave(`${head('GET', `${path}?format=ndjson`)}\r\n`.repeat(count), async () => {
        while (streams.length < count || streams.some((stream) => stream.listenerCount('data') === 0)) await nextTurn();
      });
      while (!streams.every(({ destroyed }) => destroyed)) await nextTurn();
      for (let turns = 0; turns < 20; turns++) await nextTurn();
      expect(await rowsOf(path)).toEqual(Array(count).fill(expect.objectContaining({ status: 499, code: null })));
      expect([errors.mock.calls, warnings.mock.calls]).toEqual([[], []]);
    });

    it('and does not say so is cut after a while, never ended as if it were whole, and its turn is free', async () => {
      const store = app.service.app.get(CallStore);
      const principal = aKeyHolder({ organizationId: owner.organizationId });
      for (let i = 0; i < 30_000; i++) store.append(aCall({ principal, path: `/${'x'.repeat(200)}` }));
      await store.flush();
      const looks: Array<() => void> = [];
      const { setInterval: interval } = globalThis;
      jest.spyOn(globalThis, 'setInterval').mockImplementation((look, pause) => {
        if (pause === 30_000) looks.push(look);
        return interval(look, pause);
      });
      const { hostname, port } = new URL(app.url);
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      socket.pause();
      const asked = once(app.service.app.getHttpServer(), 'request') as Promise<[IncomingMessage]>;
      socket.write(`${head('GET', '/v1/call-logs/export?format=ndjson')}\r\n`);
      const [{ socket: theirs }] = await asked;
      const gone = new Promise((resolve) => theirs.once('close', resolve));
      // Twice in a row with nothing taken in between: sooner or later neither side's buffers take any more.
      for (const deadline = performance.now() + 20_000; !theirs.destroyed && performance.now() < deadline;) {
        for (let turns = 0; turns < 200; turns++) await nextTurn();
        if (theirs.bytesWritten > 65_536) for (const look of looks) look();
      }
      expect(looks).toHaveLength(1);
      await gone;
      const received: Buffer[] = [];
      for await (const chunk of socket.resume()) received.push(chunk as Buffer);
      expect(Buffer.concat(received).length).toBeGreaterThan(65_536);
      expect(Buffer.concat(received).toString()).not.toMatch(/\r\n0\r\n\r\n$/);
      // By an index: a page does not look through all the others.
      expect(await rowsOf('/v1/call-logs/export&status=499')).toMatchObject([{ status: 499, code: null }]);
      for (let i = 0; i < 2; i++) expect((await download('/v1/call-logs/export?status=499')).status).toBe(200);
    }, 40_000);

    /** Reads the beginning of the answer, and goes away. */
    async function readAndLeave(path: string): Promise<void> {
      const { hostname, port } = new URL(app.url);
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      const asked = once(app.service.app.getHttpServer(), 'request') as Promise<[IncomingMessage]>;
      socket.write(`${head('GET', path)}\r\n`);
      const [{ socket: theirs }] = await asked;
      const gone = new Promise((resolve) => theirs.once('close', resolve));
      const [begin] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      await gone;
      expect(begin.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /);
    }
    const manyCalls = async (): Promise<void> => {
      const store = app.service.app.get(CallStore);
      const long = { path: 'x'.repeat(500), userAgent: 'y'.repeat(250), referrer: 'z'.repeat(250) };
      const principal = aKeyHolder({ organizationId: owner.organizationId });
      for (let i = 0; i < 10_000; i++) store.append(aCall({ ...long, principal }));
      await store.flush();
    };
    const manyEvents = async (): Promise<void> => {
      const trail = app.service.app.get(AuditTrail);
      const actor = { type: 'system', id: null, requestId: null, ip: null } as const;
      const entry = { organizationId: owner.organizationId, actor, action: 'test.repeated', target: { type: 'test', id: null } };
      await app.service.database.transaction(async (manager) => {
        for (let i = 0; i < 1_200; i++) await trail.record(manager, { ...entry, after: { text: 'x'.repeat(10_000) } });
      });
    };

    it.each([
      ['/v1/call-logs/export', 'csv', 'call_log.exported', manyCalls],
      ['/v1/call-logs/export', 'ndjson', 'call_log.exported', manyCalls],
      ['/v1/audit-events/export', 'csv', 'audit_event.exported', manyEvents],
      ['/v1/audit-events/export', 'ndjson', 'audit_event.exported', manyEvents],
    ])(
      'in the middle is read no further, makes room for the next, and stays in the trail: %s as %s',
      async (path, format, action, fill) => {
        await fill();
        const warnings = [jest.spyOn(Logger.prototype, 'error'), jest.spyOn(Logger.prototype, 'warn')].map((spy) => spy.mockReturnValue());
        const isOfCalls = action === 'call_log.exported';
        const reads = countStatements(
          isOfCalls ? app.service.callDatabase : app.service.database,
          isOfCalls ? /FROM keystile_call_logs/ : /SELECT (?!MAX).* FROM .keystile_audit_events. .*LIMIT 250/s,
        );
        for (let i = 0; i < 2; i++) await readAndLeave(`${path}?format=${format}`);
        const readByThen = reads();
        expect([readByThen > 0, readByThen < (isOfCalls ? 80 : 10)]).toEqual([true, true]);
        // The many are later.
        const own = `${path}&to=${NOON.toISOString()}`;
        // What was being read when they went away comes to its end.
        while ((await rowsOf(own)).length < 2) await nextTurn();
        const read = reads();
        for (let turns = 0; turns < 200; turns++) await nextTurn();
        expect(reads()).toBe(read);
        expect(await rowsOf(own)).toEqual(Array(2).fill(expect.objectContaining({ status: 499, code: null, userId: owner.userId })));
        const next = await Promise.all([1, 2].map(() => download(`${path}?format=${format}&from=2030-01-01T00:00:00Z`)));
        expect(next.map(({ status }) => status)).toEqual([200, 200]);
        expect((await eventsOf(action)).map(({ after }) => after)).toEqual([
          ...[1, 2].map(() => ({ format, filter: { from: '2030-01-01T00:00:00Z' } })),
          ...[1, 2].map(() => ({ format, filter: {} })),
        ]);
        expect(warnings.flatMap(({ mock }) => mock.calls)).toEqual([]);
      },
    );

    it('has no code either where it is a body that does not come', async () => {
      const warnings = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
      const body = 'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"na';
      await sendAndLeave(`${head('POST', '/v1/api-keys')}${body}`);
      expect(await rowsOf('/v1/api-keys')).toMatchObject([{ status: 499, code: null }]);
      expect(warnings.mock.calls).toEqual([]);
    });
  });

  describe('of calls', () => {
    it('A19.3: is a CSV file with as many cells in every line and no formula', async () => {
      const { key } = await app.issueKey({ name: '=HYPERLINK("http://evil.example","open")' }, owner);
      for (const agent of ['=1+1', '+1', '-2+3', '@SUM(A1)', 'plain, "quoted"', '-5']) {
        await app.get('/v1/whoami', { as: key, headers: { 'user-agent': agent, referer: '=cmd|calc' } });
      }
      const file = await download('/v1/call-logs/export?format=csv&route=/v1/whoami');
      expect([file.status, file.headers['content-type'], file.headers['content-disposition']]).toEqual([
        200,
        'text/csv; charset=utf-8',
        'attachment; filename="calls-20260115T100000Z.csv"',
      ]);
      const [names, ...rows] = records(file.text);
      expect(new Set(rows.map(({ length }) => length))).toEqual(new Set([names!.length]));
      const cell = (name: string): string[] => rows.map((row) => row[names!.indexOf(name)]!);
      expect(cell('userAgent').slice(0, 6)).toEqual(['-5', 'plain, "quoted"', "'@SUM(A1)", "'-2+3", '+1', "'=1+1"]);
      expect(cell('keyName')[0]).toBe('\'=HYPERLINK("http://evil.example","open")');
      expect(cell('referrer')[0]).toBe("'=cmd|calc");
    });

    it('has in NDJSON what the list has, newest first', async () => {
      for (let i = 0; i < 5; i++) await app.get('/v1/whoami', { as: owner.token });
      const list = await app.get<{ data: readonly Row[] }>('/v1/call-logs?path=/v1/whoami', { as: owner.token });
      const file = await download('/v1/call-logs/export?format=ndjson&path=/v1/whoami');
      expect([file.headers['content-type'], file.headers['content-disposition']]).toEqual([
        'application/x-ndjson; charset=utf-8',
        'attachment; filename="calls-20260115T100000Z.ndjson"',
      ]);
      expect(lines(file.text)).toEqual(list.body.data);
      expect(lines(file.text).length).toBeGreaterThanOrEqual(5);
    });

    it('has every row, over many pages, once, and those only that were asked for', async () => {
      const store = app.service.app.get(CallStore);
      const principal = aKeyHolder({ organizationId: owner.organizationId });
      for (let i = 0; i < 3_000; i++) store.append(aCall({ principal, path: i % 3 === 0 ? '/third' : '/other' }));
      const all = lines((await download(`/v1/call-logs/export?format=ndjson&from=${NOON.toISOString()}`)).text);
      expect(new Set(all.map(({ requestId }) => requestId)).size).toBe(3_000);
      expect(all.map(({ requestId }) => requestId)).toEqual(
        all
          .map(({ requestId }) => requestId as string)
          .toSorted()
          .toReversed(),
      );
      expect(lines((await download('/v1/call-logs/export?format=ndjson&path=/third')).text)).toHaveLength(1_000);
      expect(records((await download('/v1/call-logs/export?path=/nowhere')).text)).toHaveLength(1);
      expect((await download('/v1/call-logs/export?format=ndjson&keyId=key_00000000000000000000000009')).text).toBe('');
    });

    it('A19.6: is an audit event each time, with what was asked for', async () => {
      for (let i = 0; i < 2; i++) await download('/v1/call-logs/export?format=ndjson&status=200&ip=203.0.113.9');
      const events = await eventsOf('call_log.exported');
      expect(events).toHaveLength(2);
      expect(events[0]).toMatchObject({
        actor: { type: 'user', id: owner.userId },
        after: { format: 'ndjson', filter: { status: 200 } },
        personal: { filterIp: '203.0.113.9' },
      });
    });

    it('A19.6: is not made while it cannot be recorded', async () => {
      jest.spyOn(Logger.prototype, 'error').mockReturnValue();
      await app.service.database.query('ALTER TABLE keystile_audit_events RENAME TO hidden');
      const refused = await Promise.all(['call-logs', 'audit-events'].map((name) => download(`/v1/${name}/export?format=ndjson`)));
      await app.service.database.query('ALTER TABLE hidden RENAME TO keystile_audit_events');
      jest.restoreAllMocks();
      expect(refused.map(({ status, body }) => [status, body.code])).toEqual([1, 2].map(() => [500, 'internal_error']));
      expect((await download('/v1/call-logs/export')).status).toBe(200);
      expect(await eventsOf('call_log.exported')).toHaveLength(1);
    });

    it('needs a scope of its own, and only that', async () => {
      const reader = await app.issueKey({ scopes: ['call_log.read', 'audit_event.read'] }, owner);
      const exporter = await app.issueKey({ scopes: ['call_log.export'] }, owner);
      const refused = await download('/v1/call-logs/export', reader.key);
      expect([refused.status, refused.body.requiredScopes]).toEqual([403, ['call_log.export']]);
      expect((await download('/v1/call-logs/export', exporter.key)).status).toBe(200);
    });

    it('A08: shows another organization nothing of this one', async () => {
      await app.get('/v1/whoami', { as: owner.token });
      const stranger = await app.otherOrganization();
      const file = await download('/v1/call-logs/export?format=ndjson', stranger.token);
      expect(file.text).not.toContain(owner.organizationId);
      expect((await download('/v1/call-logs/export?scope=installation', stranger.token)).status).toBe(403);
    });

    it('takes no pages and no other format', async () => {
      for (const query of ['limit=5', 'cursor=x', 'format=xlsx', 'colour=blue']) {
        expect((await download(`/v1/call-logs/export?${query}`)).status).toBe(400);
      }
    });

    it('asked for with HEAD, is not read', async () => {
      const { status, headers } = await app.call('HEAD', '/v1/call-logs/export', { as: owner.token });
      expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
    });
  });

  describe('of audit events', () => {
    it('has the whole chain, oldest first, the event of this very export last', async () => {
      for (let i = 0; i < 3; i++) await app.issueKey({ name: `key ${i}` }, owner);
      const file = await download('/v1/audit-events/export');
      expect([file.headers['content-type'], file.headers['content-disposition']]).toEqual([
        'application/x-ndjson; charset=utf-8',
        'attachment; filename="audit-events-20260115T100000Z.ndjson"',
      ]);
      const events = lines(file.text);
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_event, i) => i + 1));
      expect(events.at(-1)).toMatchObject({ action: 'audit_event.exported', after: { format: 'ndjson', filter: {} } });
      const [newest] = await eventsOf('api_key.created');
      const { personalSalt, ...exported } = events.find(({ id }) => id === newest!.id)!;
      expect(exported).toEqual(newest);
      expect(personalSalt).toMatch(/^[0-9a-f]{32}$/);
    });

    it('finds what somebody did, what was done to something, and when', async () => {
      const { id } = await app.issueKey({}, owner);
      await app.post(`/v1/api-keys/${id}/disable`, { as: owner.token });
      const actions = async (query: string): Promise<unknown[]> =>
        lines((await download(`/v1/audit-events/export?${query}`)).text).map(({ action }) => action);
      expect(await actions(`targetId=${id}`)).toEqual(['api_key.created', 'api_key.disabled']);
      expect(await actions(`targetId=${id}&action=api_key.d*`)).toEqual(['api_key.disabled']);
      expect(await actions(`actorId=${owner.userId}&action=api_key.created`)).toEqual(['api_key.created']);
      expect(await actions('to=2026-01-01T00:00:00Z')).toEqual([]);
    });

    it('A19.3: is a CSV file, too', async () => {
      await app.issueKey({ name: 'a "name", with everything' }, owner);
      const [names, ...rows] = records((await download('/v1/audit-events/export?format=csv&action=api_key.created')).text);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toHaveLength(names!.length);
      expect(JSON.parse(rows[0]![names!.indexOf('after')]!)).toMatchObject({ name: 'a "name", with everything' });
    });

    it('A19.6: is an audit event each time', async () => {
      for (let i = 0; i < 2; i++) await download('/v1/audit-events/export?format=csv&action=api_key.*');
      const events = await eventsOf('audit_event.exported');
      const asked = { format: 'csv', filter: { action: 'api_key.*' } };
      expect(events.map(({ after }) => after)).toEqual([asked, asked]);
    });
  });
});
