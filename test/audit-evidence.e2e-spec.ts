import { Logger } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CheckpointJob } from '../src/audit';
import { canonicalJson, type ChainedEvent, chainHash } from '../src/audit/audit-chain';
import { AuditEvent, AuditHead } from '../src/audit/audit-event.entity';
import { runCommand } from '../src/cli/command';
import { newSigningKeys } from '../src/config';
import { KeystileApp, type TestPerson } from '../src/testing';

type Row = Record<string, any>;

const folder = mkdtempSync(join(tmpdir(), 'keystile-evidence-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `keystile audit verify` on what is given, in files. */
async function verifyOffline(exported: string, checkpoint?: unknown, keys?: unknown): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const write = (line: string): void => void said.push(line);
  const file = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const words = ['audit', 'verify', file('export.ndjson', exported)];
  if (checkpoint !== undefined) words.push('--checkpoint', file('checkpoint.json', checkpoint));
  if (keys !== undefined) words.push('--keys', file('keys.json', keys));
  const code = await runCommand(words, {}, { out: write, error: write });
  return { code, said: said.join('\n') };
}

describe('evidence of the audit trail', () => {
  let app: KeystileApp;
  let owner: TestPerson;

  beforeAll(async () => {
    app = await KeystileApp.start();
  });

  beforeEach(async () => {
    // Or one address founds too many organizations.
    app.clock.move({ minutes: 1 });
    owner = await app.otherOrganization('Acme');
    for (let i = 0; i < 5; i++) await app.issueKey({ name: `key ${i}` }, owner);
  });

  afterAll(() => app.stop());

  const exportAudit = async (): Promise<string> => (await app.get('/v1/audit-events/export', { as: owner.token })).text;
  const sign = async (): Promise<Row> => {
    const { status, body } = await app.post('/v1/audit-events/checkpoints', { as: owner.token });
    expect(status).toBe(201);
    return body;
  };
  const publicKeys = async (): Promise<Row> => (await app.get('/.well-known/keystile-audit-keys.json')).body;
  const verifyOnline = async (): Promise<Row> => (await app.get('/v1/audit-events/verify', { as: owner.token })).body;
  const sql = (statement: string, ...parameters: unknown[]): Promise<unknown> => app.service.database.query(statement, parameters);

  describe('checkpoints', () => {
    it('sign the newest event, the one of the signing, and are listed newest first', async () => {
      const first = await sign();
      const second = await sign();
      expect(first).toEqual({
        organizationId: owner.organizationId,
        sequence: expect.any(Number) as number,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        at: app.clock.now().toISOString(),
        kid: expect.any(String) as string,
        signature: expect.stringMatching(/^[\w-]{86}$/) as string,
        delivery: { filedAt: null, deliveredAt: null, attempts: 0, nextAttemptAt: null, error: null },
      });
      const { body } = await app.get('/v1/audit-events/checkpoints?limit=1', { as: owner.token });
      expect([body.data, body.hasMore]).toEqual([[second], true]);
      const next = await app.get(`/v1/audit-events/checkpoints?limit=1&cursor=${body.nextCursor}`, { as: owner.token });
      expect([next.body.data, next.body.hasMore]).toEqual([[first], false]);
      const [event] = (await app.get('/v1/audit-events?action=audit_event.checkpointed', { as: owner.token })).body.data;
      expect([event.sequence, event.hash]).toEqual([second['sequence'], second['hash']]);
    });

    it('are signed with keys that everybody can read, and that hold no secret', async () => {
      const { kid } = await sign();
      const { keys } = await publicKeys();
      expect(keys).toEqual([
        { kty: 'OKP', crv: 'Ed25519', kid, x: expect.stringMatching(/^[\w-]{43}$/) as string, use: 'sig', alg: 'EdDSA' },
      ]);
    });

    it('need a scope of their own, which auditors hold', async () => {
      const auditor = await app.member('auditor', { by: owner });
      const reader = await app.issueKey({ scopes: ['audit_event.read'] }, owner);
      expect((await app.post('/v1/audit-events/checkpoints', { as: auditor.token })).status).toBe(201);
      const refused = await app.post('/v1/audit-events/checkpoints', { as: reader.key });
      expect([refused.status, refused.body.requiredScopes]).toEqual([403, ['audit_event.checkpoint']]);
      expect((await app.get('/v1/audit-events/checkpoints', { as: reader.key })).status).toBe(200);
    });

    it('are asked for without a body, or with one that says nothing', async () => {
      const asked = (body: object) => app.post('/v1/audit-events/checkpoints', { as: owner.token, body });
      const refused = await asked({ scope: 'installation', 'a/b': 1 });
      expect([refused.status, refused.body.code, refused.body.errors]).toEqual([
        400,
        'validation_failed',
        [
          { pointer: '/scope', message: 'property scope should not exist' },
          { pointer: '/a~1b', message: 'property a/b should not exist' },
        ],
      ]);
      expect((await app.get('/v1/audit-events/checkpoints', { as: owner.token })).body.data).toEqual([]);
      expect((await asked({})).status).toBe(201);
    });

    it('A08: of another organization are not seen', async () => {
      await sign();
      const stranger = await app.otherOrganization();
      expect((await app.get('/v1/audit-events/checkpoints', { as: stranger.token })).body.data).toEqual([]);
      expect((await app.get('/v1/audit-events/checkpoints?scope=installation', { as: stranger.token })).status).toBe(403);
    });

    it('are made of every other chain where one cannot even be read', async () => {
      jest.spyOn(Logger.prototype, 'error').mockImplementation();
      const other = await app.otherOrganization();
      await sign();
      for (const table of ['checkpoints', 'events']) {
        await sql(`UPDATE keystile_audit_${table} SET at = '0000-00-00 00:00:00' WHERE organization_id = ?`, owner.organizationId);
        expect(await verifyOnline()).toMatchObject({ valid: false });
      }
      await app.issueKey({}, owner);
      await app.service.app.get(CheckpointJob).run();
      expect((await app.get('/v1/audit-events/checkpoints', { as: other.token })).body.data).toHaveLength(1);
      expect(Logger.prototype.error).toHaveBeenCalledWith(
        `The audit chain of ${owner.organizationId} is broken at event 1 and is not signed`,
      );
      jest.restoreAllMocks();
    });

    it('are made by themselves once an interval, of chains that have grown', async () => {
      const job = app.service.app.get(CheckpointJob);
      const count = async (): Promise<number> => {
        const rows = (await sql(
          'SELECT COUNT(*) AS n FROM keystile_audit_checkpoints WHERE organization_id = ?',
          owner.organizationId,
        )) as Row[];
        return Number(rows[0]!['n']);
      };
      await Promise.all([job.run(), job.run()]);
      expect(await count()).toBe(1);
      await app.issueKey({}, owner);
      await job.run();
      expect(await count()).toBe(1);
      app.clock.move({ minutes: 61 });
      await job.run();
      expect(await count()).toBe(2);
      app.clock.move({ minutes: 61 });
      await job.run();
      expect(await count()).toBe(2);
      owner = await app.login(owner.email);
      expect(await verifyOnline()).toMatchObject({ valid: true });
    });

    it('show online that the tail was cut off, although the head was set back', async () => {
      const { sequence } = await sign();
      await sql('DELETE FROM keystile_audit_events WHERE organization_id = ? AND sequence >= ?', owner.organizationId, sequence - 1);
      await sql(
        'UPDATE keystile_audit_heads SET sequence = ?, hash = (SELECT hash FROM keystile_audit_events WHERE organization_id = ? AND sequence = ?) WHERE organization_id = ?',
        sequence - 2,
        owner.organizationId,
        sequence - 2,
        owner.organizationId,
      );
      expect(await verifyOnline()).toMatchObject({ valid: false, firstBrokenSequence: sequence - 1 });
      const refused = await app.post('/v1/audit-events/checkpoints', { as: owner.token });
      expect(refused.status).toBe(409);
    });

    describe('of a chain that was broken since the last one', () => {
      const logged: string[] = [];

      beforeEach(() => {
        logged.length = 0;
        jest.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => void logged.push(String(line)));
      });

      afterEach(() => jest.restoreAllMocks());

      const forge = (sequence: number): Promise<unknown> =>
        sql(
          'UPDATE keystile_audit_events SET actor_id = ? WHERE organization_id = ? AND sequence = ?',
          'usr_x',
          owner.organizationId,
          sequence,
        );
      const signing = () => app.post('/v1/audit-events/checkpoints', { as: owner.token });
      const count = async (): Promise<number> =>
        ((await app.get('/v1/audit-events/checkpoints', { as: owner.token })).body.data as Row[]).length;

      async function expectNothingSigned(sequence: number): Promise<void> {
        const before = await count();
        const { status, body } = await signing();
        expect([status, body.code, body.message]).toEqual([
          409,
          'conflict',
          `The chain is broken at event ${sequence} and is not signed: see GET /v1/audit-events/verify`,
        ]);
        app.clock.move({ minutes: 61 });
        owner = await app.login(owner.email);
        logged.length = 0;
        const job = app.service.app.get(CheckpointJob);
        await job.run();
        await job.run();
        const line = `The audit chain of ${owner.organizationId} is broken at event ${sequence} and is not signed`;
        expect(logged.filter((one) => one.includes(owner.organizationId))).toEqual([line]);
        expect(await count()).toBe(before);
        expect(await verifyOnline()).toMatchObject({ valid: false, firstBrokenSequence: sequence });
      }

      it('are not made, on demand or by themselves, and the answer and the log name the first bad event', async () => {
        const { sequence } = await sign();
        for (let i = 0; i < 4; i++) await app.issueKey({}, owner);
        await forge((sequence as number) + 2);
        await expectNothingSigned((sequence as number) + 2);
      });

      it('are not made where none was made before', async () => {
        await forge(3);
        await expectNothingSigned(3);
      });

      it('are not made where a forged one pretends that the chain was whole', async () => {
        const { sequence } = await sign();
        for (let i = 0; i < 4; i++) await app.issueKey({}, owner);
        await forge((sequence as number) + 2);
        await sql(
          'UPDATE keystile_audit_checkpoints SET sequence = sequence + 4, hash = (SELECT hash FROM keystile_audit_heads h WHERE h.organization_id = ?) WHERE organization_id = ?',
          owner.organizationId,
          owner.organizationId,
        );
        await expectNothingSigned((sequence as number) + 2);
      });

      it('are not made where the event that was signed last is not what it was', async () => {
        const { sequence } = await sign();
        await forge(sequence as number);
        for (let i = 0; i < 2; i++) await app.issueKey({}, owner);
        await expectNothingSigned(sequence as number);
      });

      it('are not made where the chain was made anew, with every digest right', async () => {
        const { sequence } = await sign();
        for (let i = 0; i < 2; i++) await app.issueKey({}, owner);
        const { manager } = app.service.database;
        const { organizationId } = owner;
        let previousHash = '';
        for (const event of await manager.find(AuditEvent, { where: { organizationId }, order: { sequence: 'ASC' } })) {
          const forged = event.sequence < 3 ? event : { ...event, previousHash, actorId: event.sequence === 3 ? 'usr_x' : event.actorId };
          previousHash = chainHash(forged);
          await manager.update(AuditEvent, { id: event.id }, { ...forged, hash: previousHash });
        }
        await manager.update(AuditHead, { organizationId }, { hash: previousHash });
        await expectNothingSigned(sequence as number);
      });

      it('are made anew once it is whole again', async () => {
        const where = 'WHERE organization_id = ? AND sequence = 3';
        const [event] = (await sql(`SELECT action FROM keystile_audit_events ${where}`, owner.organizationId)) as Row[];
        await sql(`UPDATE keystile_audit_events SET action = 'nothing.happened' ${where}`, owner.organizationId);
        expect((await signing()).status).toBe(409);
        await sql(`UPDATE keystile_audit_events SET action = ? ${where}`, event!['action'], owner.organizationId);
        expect((await signing()).status).toBe(201);
      });
    });

    it('say nothing of what was changed before the one before: that is for those who kept it, and for the whole check', async () => {
      await sign();
      await sql('UPDATE keystile_audit_events SET actor_id = NULL WHERE organization_id = ? AND sequence = 3', owner.organizationId);
      await sign();
      expect(await verifyOnline()).toMatchObject({ valid: false, firstBrokenSequence: 3 });
    });

    it('prove nothing of what came after them: online and offline name the first bad event there', async () => {
      const checkpoint = await sign();
      for (let i = 0; i < 4; i++) await app.issueKey({}, owner);
      const bad = (checkpoint['sequence'] as number) + 2;
      const whole = await exportAudit();
      expect((await verifyOffline(whole, checkpoint, await publicKeys())).code).toBe(0);
      const cut = whole
        .split('\n')
        .toSpliced(bad - 1, 1)
        .join('\n');
      expect(await verifyOffline(cut, checkpoint, await publicKeys())).toEqual({
        code: 1,
        said: `BROKEN at event ${bad}: it is missing: it was taken out, or the export was made with filters.`,
      });
      await sql(
        "UPDATE keystile_audit_events SET actor_id = 'usr_x' WHERE organization_id = ? AND sequence = ?",
        owner.organizationId,
        bad,
      );
      expect(await verifyOnline()).toMatchObject({ valid: false, checked: bad, firstBrokenSequence: bad, fault: 'altered' });
      expect(await verifyOffline(await exportAudit(), checkpoint, await publicKeys())).toEqual({
        code: 1,
        said: `BROKEN at event ${bad}: it was changed.`,
      });
    });

    it('show online that one of them was forged', async () => {
      const { sequence } = await sign();
      await sql(
        "UPDATE keystile_audit_checkpoints SET signature = REPLACE(signature, SUBSTR(signature, 1, 5), 'AAAAA') WHERE organization_id = ?",
        owner.organizationId,
      );
      expect(await verifyOnline()).toMatchObject({ valid: false, firstBrokenSequence: sequence });
    });
  });

  describe('keystile audit verify', () => {
    it('says that an export is whole, and what that proves', async () => {
      const checkpoint = await sign();
      const { code, said } = await verifyOffline(await exportAudit(), checkpoint, await publicKeys());
      expect([code, said]).toEqual([
        0,
        expect.stringMatching(/^Whole: events 1 to \d+ of org_\w+\. .*\nAgrees with 1 checkpoint, 1 signature checked\.$/),
      ]);
    });

    it('says what is not proven', async () => {
      const checkpoint = await sign();
      expect((await verifyOffline(await exportAudit())).said).toMatch(/Not proven: that nothing was cut off the end/);
      expect((await verifyOffline(await exportAudit(), checkpoint)).said).toMatch(/Not proven: who signed/);
    });

    it('takes checkpoints as the API lists them and as the file keeps them', async () => {
      const { delivery: _delivery, ...kept } = await sign();
      const list = (await app.get('/v1/audit-events/checkpoints', { as: owner.token })).body;
      const exported = await exportAudit();
      expect((await verifyOffline(exported, list, await publicKeys())).code).toBe(0);
      expect((await verifyOffline(exported, `${JSON.stringify(kept)}\n${JSON.stringify(kept)}\n`, await publicKeys())).code).toBe(0);
    });

    it('does not let a checkpoint of somebody else stand for one', async () => {
      const checkpoint = await sign();
      const stranger = await app.otherOrganization();
      const theirs = (await app.post('/v1/audit-events/checkpoints', { as: stranger.token })).body;
      const exported = await exportAudit();
      expect(await verifyOffline(exported, theirs, await publicKeys())).toMatchObject({
        code: 1,
        said: expect.stringMatching(/None of the checkpoints/) as string,
      });
      const others = { keys: [JSON.parse(newSigningKeys())[0]] };
      expect(await verifyOffline(exported, checkpoint, others)).toMatchObject({
        code: 1,
        said: expect.stringMatching(/none of the keys/) as string,
      });
      const renamed = { keys: [{ ...others.keys[0], kid: checkpoint['kid'] }] };
      expect(await verifyOffline(exported, checkpoint, renamed)).toMatchObject({
        code: 1,
        said: expect.stringMatching(/signature is false/) as string,
      });
      const later = { ...checkpoint, at: new Date(0).toISOString() };
      expect(await verifyOffline(exported, later, await publicKeys())).toMatchObject({
        code: 1,
        said: expect.stringMatching(/signature is false/) as string,
      });
    });

    /** Lines of an export, one of them changed. */
    const change = (lines: readonly string[], sequence: number, how: (event: Row) => unknown): string[] =>
      lines.map((line, i) => (i === sequence - 1 ? JSON.stringify(how(JSON.parse(line) as Row)) : line));
    const swap = (lines: readonly string[], i: number, j: number): string[] =>
      lines.map((line, at) => (at === i ? lines[j]! : at === j ? lines[i]! : line));

    it.each<[what: string, forge: (lines: readonly string[]) => readonly string[], firstBad: (last: number) => number]>([
      ['has another actor', (lines) => change(lines, 4, (e) => ({ ...e, actor: { ...e['actor'], id: 'usr_x' } })), () => 4],
      ['has another time', (lines) => change(lines, 2, (e) => ({ ...e, at: '2020-01-01T00:00:00.000Z' })), () => 2],
      ['has other words', (lines) => change(lines, 5, (e) => ({ ...e, after: { ...e['after'], name: 'forged' } })), () => 5],
      ['has another address', (lines) => change(lines, 3, (e) => ({ ...e, ip: '203.0.113.66' })), () => 3],
      [
        'has an address with a salt of its own',
        (lines) => change(lines, 3, (e) => ({ ...e, ip: '203.0.113.66', personalSalt: '00' })),
        () => 3,
      ],
      [
        'shows another address than the one that was digested',
        (lines) => change(lines, 3, (e) => ({ ...e, ip: '203.0.113.66', personal: { ...e['personal'], ip: e['ip'] } })),
        () => 3,
      ],
      ['has a member more', (lines) => change(lines, 3, (e) => ({ ...e, approvedBy: 'usr_x' })), () => 3],
      [
        'has a member twice',
        (lines) => lines.map((line, i) => (i === 2 ? line.replace('{', '{"action":"nothing.happened",') : line)),
        () => 3,
      ],
      ['is of another organization', (lines) => change(lines, 1, (e) => ({ ...e, organizationId: null })), () => 1],
      ['is the first and was deleted', (lines) => lines.slice(1), () => 1],
      ['was deleted', (lines) => lines.toSpliced(3, 1), () => 4],
      ['was inserted', (lines) => lines.toSpliced(3, 0, lines[2]!), () => 4],
      ['was exchanged with the next', (lines) => swap(lines, 3, 4), () => 4],
      ['was moved to the end', (lines) => [...lines.toSpliced(2, 1), lines[2]!], () => 3],
      ['is cut off in the middle', (lines) => [...lines.slice(0, -1), lines.at(-1)!.slice(0, 40)], (last) => last],
      ['is missing since the end was cut off', (lines) => lines.slice(0, -3), (last) => last - 2],
      ['is missing since nothing is left', () => [], () => 1],
      ['is no JSON', (lines) => lines.toSpliced(1, 1, 'nonsense'), () => 2],
    ])('names the first event of an export that %s', async (_what, forge, firstBad) => {
      const checkpoint = await sign();
      const lines = (await exportAudit()).split('\n').slice(0, checkpoint['sequence'] as number);
      const forged = forge(lines);
      const { code, said } = await verifyOffline(forged.map((line) => `${line}\n`).join(''), checkpoint, await publicKeys());
      expect([code, said]).toEqual([1, expect.stringMatching(new RegExp(`^BROKEN at event ${firstBad(lines.length)}:`))]);
    });

    it.each<[what: string, statement: string, firstBad: number]>([
      ['was changed', `UPDATE keystile_audit_events SET after_state = '{}' WHERE organization_id = ? AND sequence = 4`, 4],
      ['is no JSON any more', `UPDATE keystile_audit_events SET after_state = '{' WHERE organization_id = ? AND sequence = 4`, 4],
      ['has another actor', 'UPDATE keystile_audit_events SET actor_id = NULL WHERE organization_id = ? AND sequence = 2', 2],
      [
        'has a time that is none',
        "UPDATE keystile_audit_events SET at = '0000-00-00 00:00:00' WHERE organization_id = ? AND sequence = 4",
        4,
      ],
      ['was deleted', 'DELETE FROM keystile_audit_events WHERE organization_id = ? AND sequence = 3', 3],
      ['was put in front', 'UPDATE keystile_audit_events SET sequence = 0 WHERE organization_id = ? AND sequence = 5', 1],
      ['was put at the end', 'UPDATE keystile_audit_events SET sequence = 1000 WHERE organization_id = ? AND sequence = 5', 5],
      ['is missing since everything was deleted', 'DELETE FROM keystile_audit_events WHERE organization_id = ?', 1],
      [
        'had its personal fields changed',
        `UPDATE keystile_audit_personal SET fields = '{"ip":"203.0.113.66"}' WHERE event_id = (SELECT id FROM keystile_audit_events WHERE organization_id = ? AND sequence = 4)`,
        4,
      ],
    ])('names the first event that %s in the database', async (_what, statement, firstBad) => {
      const checkpoint = await sign();
      await sql(statement, owner.organizationId);
      const exported = await exportAudit();
      const { code, said } = await verifyOffline(exported, checkpoint, await publicKeys());
      expect([code, said]).toEqual([1, expect.stringMatching(new RegExp(`^BROKEN at event ${firstBad}:`))]);
      expect(await verifyOnline()).toMatchObject({ valid: false });
    });

    it.each<[what: string, path: string]>([
      ['an export as CSV', '/v1/audit-events/export?format=csv'],
      ['an export of calls', '/v1/call-logs/export?format=ndjson'],
      ['a list of keys', '/v1/api-keys'],
      ['a list of audit events', '/v1/audit-events'],
      ['an export in which nothing is', '/v1/audit-events/export?action=nothing.happened'],
    ])('says of %s that it is no export of a trail, which is not to be broken', async (_what, path) => {
      await app.get('/v1/whoami', { as: owner.token });
      const { text } = await app.get(path, { as: owner.token });
      expect(await verifyOffline(text)).toEqual({
        code: 2,
        said: 'keystile audit: this is not a whole export of an audit trail (NDJSON, without filters)',
      });
    });

    it('shows nothing on a terminal that the export only wants to have shown', async () => {
      const [line] = (await exportAudit()).split('\n') as [string];
      const event = JSON.parse(line) as Row;
      const wanted = '\r\u001b[2KWhole: events 1 to 9.';
      const forged = { ...event, organizationId: wanted };
      const hash = chainHash({
        ...(forged as unknown as ChainedEvent),
        at: new Date(event['at'] as string),
        actorType: event['actor'].type,
        actorId: event['actor'].id,
        targetType: event['target'].type,
        targetId: event['target'].id,
        before: event['before'] && canonicalJson(event['before']),
        after: event['after'] && canonicalJson(event['after']),
      });
      const { code, said } = await verifyOffline(`${JSON.stringify({ ...forged, hash })}\n`);
      expect([code, said]).toEqual([0, expect.stringContaining('events 1 to 1 of \\u000d\\u001b[2KWhole')]);
      const checkpoint = await sign();
      const denied = await verifyOffline(`${JSON.stringify({ ...forged, hash })}\n`, checkpoint);
      expect([denied.code, denied.said]).toEqual([1, expect.not.stringContaining('\u001b')]);
      const another = { ...checkpoint, organizationId: wanted, hash, sequence: 1, kid: '\u001b[8m' };
      const unknown = await verifyOffline(`${JSON.stringify({ ...forged, hash })}\n`, another, await publicKeys());
      expect([unknown.code, unknown.said]).toEqual([1, expect.stringMatching(/signed with \\u001b\[8m/)]);
    });

    it.each([['{"data":[]}'], ['[]'], ['']])('takes no file without a checkpoint, %j, for one', async (nothing) => {
      expect(await verifyOffline(await exportAudit(), nothing)).toEqual({
        code: 2,
        said: 'keystile audit: The checkpoint file holds no checkpoint',
      });
    });

    it('says so of a file that is not there, too', async () => {
      const said: string[] = [];
      const write = (line: string): void => void said.push(line);
      expect(await runCommand(['audit', 'verify', join(folder, 'nowhere')], {}, { out: write, error: write })).toBe(2);
      expect(said).toEqual([expect.stringMatching(/^keystile audit: .*ENOENT/)]);
    });

    it.each<[what: string, said: string, verify: (exported: string, checkpoint: Row) => Promise<{ code: number; said: string }>]>([
      ['keys', 'The key file holds no JSON Web Key Set', (exported, checkpoint) => verifyOffline(exported, checkpoint, { keys: [] })],
      ['keys', 'The key file holds no JSON Web Key Set', (exported, checkpoint) => verifyOffline(exported, checkpoint, checkpoint)],
      [
        'checkpoints',
        'The checkpoint file holds something that is no checkpoint',
        async (exported, checkpoint) => verifyOffline(exported, [checkpoint, { ...checkpoint, hash: null }], await publicKeys()),
      ],
    ])('says that a file holds no %s: %s', async (_what, said, verify) => {
      const checkpoint = await sign();
      expect(await verify(await exportAudit(), checkpoint)).toEqual({ code: 2, said: `keystile audit: ${said}` });
    });

    it.each([
      ['no export', []],
      ['two', ['export.ndjson', 'export.ndjson']],
    ])('asks for one export where %s are named', async (_what, names) => {
      await verifyOffline(await exportAudit());
      const said: string[] = [];
      const write = (line: string): void => void said.push(line);
      const words = ['audit', 'verify', ...names.map((name) => join(folder, name))];
      expect(await runCommand(words, {}, { out: write, error: write })).toBe(2);
      expect(said).toEqual(['keystile audit: name one export: keystile audit verify export.ndjson']);
    });

    it('says of an export that lacks events that it may have been made with filters', async () => {
      const exported = (await app.get('/v1/audit-events/export?action=api_key.*', { as: owner.token })).text;
      const { sequence } = JSON.parse(exported.split('\n')[0]!) as Row;
      expect(sequence).toBeGreaterThan(1);
      expect(await verifyOffline(exported)).toEqual({
        code: 1,
        said: 'BROKEN at event 1: it is missing: it was taken out, or the export was made with filters.',
      });
    });

    it('names the first event that is no event at all, where others follow', async () => {
      const [, ...lines] = (await exportAudit()).split('\n');
      expect(await verifyOffline(['nonsense', ...lines].join('\n'))).toMatchObject({
        code: 1,
        said: expect.stringMatching(/^BROKEN at event 1:/) as string,
      });
    });

    it('finds two rows of the database that changed places', async () => {
      const checkpoint = await sign();
      for (const [from, to] of [
        [3, 900],
        [4, 3],
        [900, 4],
      ]) {
        await sql(
          'UPDATE keystile_audit_events SET sequence = ? WHERE organization_id = ? AND sequence = ?',
          to,
          owner.organizationId,
          from,
        );
      }
      expect((await verifyOffline(await exportAudit(), checkpoint, await publicKeys())).said).toMatch(/^BROKEN at event 3:/);
    });

    it('finds a chain that was made anew, with every digest right', async () => {
      const checkpoint = await sign();
      const other = await app.otherOrganization();
      const lines = (await app.get('/v1/audit-events/export', { as: other.token })).text;
      const pretended = { ...checkpoint, organizationId: other.organizationId, sequence: 2 };
      expect(await verifyOffline(lines, pretended, await publicKeys())).toMatchObject({
        code: 1,
        said: expect.stringMatching(/^BROKEN at event 2:.*made anew/) as string,
      });
    });
  });

  describe('of a chain in which somebody put an event behind the head', () => {
    let forged: number;

    beforeEach(async () => {
      for (const level of ['warn', 'error'] as const) jest.spyOn(Logger.prototype, level).mockImplementation();
      forged = ((await verifyOnline())['head'] as { sequence: number }).sequence + 1;
      await sql(
        `INSERT INTO keystile_audit_events (id, organization_id, sequence, at, actor_type, action, target_type, previous_hash, hash)
         SELECT 'evt_forged', organization_id, sequence + 1, at, 'system', 'nothing.happened', 'test', hash, hash
         FROM keystile_audit_events WHERE organization_id = ? AND sequence = ?`,
        owner.organizationId,
        forged - 1,
      );
    });

    afterEach(async () => {
      jest.restoreAllMocks();
      await sql("DELETE FROM keystile_audit_events WHERE id = 'evt_forged'");
    });

    it('can be read, verified and taken out, and online and offline name that event', async () => {
      expect(await verifyOnline()).toMatchObject({ valid: false, firstBrokenSequence: forged });
      const read = await app.get('/v1/audit-events', { as: owner.token });
      const calls = await app.get('/v1/call-logs', { as: owner.token });
      const exported = await app.get('/v1/audit-events/export', { as: owner.token });
      expect([read.status, calls.status, exported.status]).toEqual([200, 200, 200]);
      const { code, said } = await verifyOffline(exported.text);
      expect([code, said]).toEqual([1, expect.stringMatching(new RegExp(`^BROKEN at event ${forged}:`))]);
      const lines = (Logger.prototype.warn as jest.Mock).mock.calls.map(([line]) => String(line));
      expect(lines).toEqual([
        `It cannot be written now, and is not in the audit trail, that user ${owner.userId} read audit_events`,
        `It cannot be written now, and is not in the audit trail, that user ${owner.userId} read call_logs`,
        `It cannot be written, and is not in the audit trail, that user ${owner.userId} exported it`,
      ]);
    });

    it('takes no change, no signature and no export of calls, and says where to look', async () => {
      const answers = [
        await app.post('/v1/api-keys', { as: owner.token, body: { name: 'one', scopes: [] } }),
        await app.post('/v1/audit-events/checkpoints', { as: owner.token }),
        await app.get('/v1/call-logs/export', { as: owner.token }),
      ];
      for (const { status, body } of answers.toSpliced(1, 1)) {
        expect([status, body.code, body.message]).toEqual([
          409,
          'conflict',
          'The audit chain takes no events, since it holds one that was put in: see GET /v1/audit-events/verify',
        ]);
      }
      expect([answers[1]!.status, answers[1]!.body.message]).toEqual([409, expect.stringContaining(`broken at event ${forged} `)]);
      expect(Logger.prototype.error).toHaveBeenCalledWith(
        `The audit chain of ${owner.organizationId} takes no events: event ${forged} was put in behind its head`,
      );
    });
  });

  describe('of a chain in which the place of an event is no number, as SQLite has it where somebody says so', () => {
    // A server takes no text in the place of a number.
    const itOnSqlite = process.env['TEST_DATABASE_URL'] ? it.skip : it;

    afterEach(async () => {
      jest.restoreAllMocks();
      await sql("DELETE FROM keystile_audit_events WHERE id = 'evt_forged'");
    });

    itOnSqlite.each([["'12th'"], ["'abc'"], ["'0x10'"], ["X'00'"]])('%s is named online and offline, and hides nothing', async (place) => {
      for (const level of ['warn', 'error'] as const) jest.spyOn(Logger.prototype, level).mockImplementation();
      const { head } = (await verifyOnline()) as { head: { sequence: number } };
      await sql(
        `INSERT INTO keystile_audit_events (id, organization_id, sequence, at, actor_type, action, target_type, previous_hash, hash)
         SELECT 'evt_forged', organization_id, ${place}, at, 'system', 'nothing.happened', 'test', hash, hash
         FROM keystile_audit_events WHERE organization_id = ? AND sequence = ?`,
        owner.organizationId,
        head.sequence,
      );
      expect(await verifyOnline()).toMatchObject({ valid: false, firstBrokenSequence: head.sequence + 1, fault: 'added' });
      const signed = await app.post('/v1/audit-events/checkpoints', { as: owner.token });
      expect([signed.status, signed.body.code]).toEqual([409, 'conflict']);
      const lines = (await exportAudit()).trimEnd().split('\n');
      expect(lines.slice(0, -1).map((line) => (JSON.parse(line) as Row)['sequence'])).toEqual(
        Array.from({ length: lines.length - 1 }, (_, i) => i + 1),
      );
      expect(lines.length).toBeGreaterThan(head.sequence + 1);
      const { code, said } = await verifyOffline(lines.map((line) => `${line}\n`).join(''));
      expect([code, said]).toEqual([1, expect.stringMatching(new RegExp(`^BROKEN at event ${lines.length}:`))]);
    });

    itOnSqlite('no head is believed that is none', async () => {
      await sql("UPDATE keystile_audit_heads SET sequence = 'abc' WHERE organization_id = ?", owner.organizationId);
      expect(await verifyOnline()).toMatchObject({ valid: false, checked: 1, firstBrokenSequence: 1, fault: 'added' });
    });
  });

  describe('personal fields', () => {
    const eventOf = async (action: string): Promise<Row> =>
      (await app.get(`/v1/audit-events?action=${action}&limit=1`, { as: owner.token })).body.data[0];

    it('of an event are erased without breaking the chain, and that is an event', async () => {
      const event = await eventOf('api_key.created');
      expect(event['ip']).toBe('127.0.0.1');
      for (let i = 0; i < 2; i++) {
        const erased = await app.post(`/v1/audit-events/${event['id']}/erase-personal`, { as: owner.token });
        expect([erased.status, erased.body]).toEqual([200, { ...event, ip: null, reason: null, personal: null }]);
      }
      expect(await eventOf('audit_event.personal_erased')).toMatchObject({ target: { type: 'audit_event', id: event['id'] } });
      expect((await app.get('/v1/audit-events?action=audit_event.personal_erased', { as: owner.token })).body.data).toHaveLength(1);
      expect(await verifyOnline()).toMatchObject({ valid: true });
      const checkpoint = await sign();
      expect(await verifyOffline(await exportAudit(), checkpoint, await publicKeys())).toMatchObject({
        code: 0,
        said: expect.stringMatching(/Of 1 event the personal fields were erased/) as string,
      });
    });

    it('are erased of one event: who asks for more is told that there is nothing to ask for', async () => {
      const event = await eventOf('api_key.created');
      const refused = await app.post(`/v1/audit-events/${event['id']}/erase-personal`, { as: owner.token, body: { all: true } });
      expect([refused.status, refused.body.errors]).toEqual([400, [{ pointer: '/all', message: 'property all should not exist' }]]);
      expect((await eventOf('api_key.created'))['ip']).toBe('127.0.0.1');
    });

    it('are not for auditors to erase, nor for another organization', async () => {
      const event = await eventOf('api_key.created');
      const auditor = await app.member('auditor', { by: owner });
      const stranger = await app.otherOrganization();
      const erase = (as: string) => app.post(`/v1/audit-events/${event['id']}/erase-personal`, { as });
      expect([(await erase(auditor.token)).status, (await erase(stranger.token)).status]).toEqual([403, 404]);
    });

    it('of a person who deletes their account are gone everywhere, and every chain holds', async () => {
      const leaving = await app.member('developer', { by: owner, email: 'leaving@example.com' });
      await app.issueKey({ name: 'theirs' }, leaving);
      await app.post('/v1/auth/login', { body: { email: leaving.email, password: 'wrong', transport: 'bearer' } });
      const told = async (): Promise<number> => {
        const rows = (await sql(
          `SELECT COUNT(*) AS n FROM keystile_audit_personal p JOIN keystile_audit_events e ON e.id = p.event_id WHERE e.actor_id = ? OR e.target_id = ?`,
          leaving.userId,
          leaving.userId,
        )) as Row[];
        return Number(rows[0]!['n']);
      };
      /** Wherever their address stands. */
      const named = async (): Promise<string[]> => {
        const invitations = (await app.get('/v1/invitations', { as: owner.token })).text;
        const events = (await app.get('/v1/audit-events?action=invitation.*', { as: owner.token })).text;
        return [invitations, events].filter((text) => text.includes('leaving@example.com'));
      };
      expect(await told()).toBeGreaterThan(1);
      expect(await named()).toHaveLength(2);
      const deleted = await app.delete('/v1/users/me', { as: leaving.token, body: { password: leaving.password } });
      expect(deleted.status).toBe(204);
      expect(await told()).toBe(0);
      expect(await named()).toEqual([]);
      expect(await eventOf('audit_event.personal_erased')).toMatchObject({ target: { type: 'user', id: leaving.userId }, ip: null });
      expect(await eventOf('user.deleted')).toMatchObject({ actor: { id: leaving.userId }, ip: null });
      expect(await verifyOnline()).toMatchObject({ valid: true });
      const operator = await app.owner();
      expect((await app.get('/v1/audit-events/verify?scope=installation', { as: operator.token })).body).toMatchObject({ valid: true });
    });
  });
});

describe('checkpoints on their way out', () => {
  const SECRET = 'an-hmac-secret-of-the-operator';
  let receiver: Server;
  let received: Array<{ readonly signature: string; readonly body: string; readonly path: string }>;
  let answer: number;
  let app: KeystileApp;
  const file = join(folder, 'checkpoints.ndjson');

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({
          signature: request.headers['keystile-signature'] as string,
          body: Buffer.concat(chunks).toString(),
          path: request.url!,
        });
        response.writeHead(answer, answer === 302 ? { location: '/elsewhere' } : {}).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    app = await KeystileApp.start({
      env: {
        AUDIT_CHECKPOINT_FILE: file,
        AUDIT_CHECKPOINT_WEBHOOK: `http://127.0.0.1:${port}/checkpoints`,
        AUDIT_CHECKPOINT_WEBHOOK_SECRET: SECRET,
      },
    });
    await app.owner();
  });

  beforeEach(() => {
    received = [];
    answer = 204;
  });

  afterAll(async () => {
    await app.stop();
    receiver.close();
  });

  const filed = (): Row[] =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
  const newest = async (): Promise<Row> =>
    (await app.get('/v1/audit-events/checkpoints?limit=1', { as: (await app.owner()).token })).body.data[0];
  const signAndSend = async (): Promise<Row> => {
    const { token } = await app.owner();
    expect((await app.post('/v1/audit-events/checkpoints', { as: token })).status).toBe(201);
    await app.service.app.get(CheckpointJob).run();
    return newest();
  };

  it('A20.5: are appended to the file and posted, signed with time and HMAC', async () => {
    const { delivery, ...signed } = await signAndSend();
    const now = app.clock.now().toISOString();
    expect(delivery).toEqual({ filedAt: now, deliveredAt: now, attempts: 1, nextAttemptAt: null, error: null });
    expect(filed().filter(({ hash }) => hash === signed['hash'])).toEqual([signed]);
    const { signature, body, path } = received.find((one) => (JSON.parse(one.body) as Row)['hash'] === signed['hash'])!;
    const [, time, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature)!;
    expect(path).toBe('/checkpoints');
    expect(Number(time)).toBe(Math.floor(app.clock.now().getTime() / 1_000));
    expect(digest).toBe(createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex'));
    expect(JSON.parse(body)).toEqual(signed);
  });

  it.each([500, 404, 302])('are tried again when the webhook answers %p, and the list says so', async (status) => {
    answer = status;
    const { delivery, sequence, hash } = await signAndSend();
    expect(delivery).toMatchObject({ deliveredAt: null, attempts: 1, error: `the webhook answered ${status}` });
    expect(delivery['filedAt']).not.toBeNull();
    expect(received.map(({ path }) => path)).not.toContain('/elsewhere');
    expect((await app.get('/metrics')).text).toMatch(/^keystile_audit_checkpoint_failures_total [1-9]/m);
    answer = 200;
    app.clock.move({ seconds: 31 });
    await app.service.app.get(CheckpointJob).run();
    expect(await newest()).toMatchObject({ sequence, delivery: { attempts: 2, error: null, nextAttemptAt: null } });
    expect(filed().filter(({ hash: line }) => line === hash)).toHaveLength(1);
  });
});
