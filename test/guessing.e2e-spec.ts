import crypto = require('node:crypto');
import { crc32 } from 'node:zlib';

import { CallStore } from '../src/audit';
import { KeystileApp, type TestKey } from '../src/testing';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('who guesses at keys', () => {
  let app: KeystileApp;
  let live: TestKey;
  let revoked: TestKey;

  beforeAll(async () => {
    app = await KeystileApp.start({ env: { FAILED_AUTH_LIMIT: '100000' } });
    live = await app.issueKey();
    revoked = await app.issueKey();
    await app.post(`/v1/api-keys/${revoked.id}/revoke`, { as: (await app.owner()).token });
    await app.get('/v1/whoami', { as: live.key });
  });
  afterAll(() => app.stop());

  /** Another secret behind the public beginning of a key, with the checksum that belongs to it. */
  function forged({ prefix, key }: Pick<TestKey, 'prefix' | 'key'>): string {
    const drawn = Array.from({ length: key.length - prefix.length - 1 - 6 }, () => ALPHABET[crypto.randomInt(62)]).join('');
    const body = `${prefix}_${drawn}`;
    let value = crc32(body);
    let sum = '';
    for (let i = 0; i < 6; i++) {
      sum = ALPHABET[value % 62]! + sum;
      value = Math.floor(value / 62);
    }
    return body + sum;
  }

  /** What is done to answer a call: how many digests are made, and what the database is asked about keys. */
  async function effortOf(as: string): Promise<{ answer: unknown; digests: number; statements: string[] }> {
    // What earlier calls have left to do is not this one's.
    await app.service.app.get(CallStore).flush();
    const statements: string[] = [];
    const asked = jest.spyOn(app.service.database.logger, 'logQuery').mockImplementation((sql: string) => {
      if (/api_key/.test(sql)) statements.push(sql);
      return undefined;
    });
    const hmac = jest.spyOn(crypto, 'createHmac');
    const hash = jest.spyOn(crypto, 'createHash');
    try {
      const { status, body, headers } = await app.get('/v1/whoami', { as });
      const { requestId: _requestId, ...told } = body;
      const { date: _date, 'x-request-id': _id, ...sent } = headers;
      return { answer: [status, told, sent], digests: hmac.mock.calls.length + hash.mock.calls.length, statements };
    } finally {
      for (const spy of [asked, hmac, hash]) spy.mockRestore();
    }
  }

  it('A04.3: learns nothing from how much is done: an unknown key takes what a wrong secret of a live or revoked one does', async () => {
    const unknown = forged({ prefix: live.prefix.replace(/.{12}$/, 'AAAAAAAAAAAA'), key: live.key });
    const [first, ...others] = [await effortOf(unknown), await effortOf(forged(live)), await effortOf(forged(revoked))];
    expect(first.answer).toEqual([401, expect.objectContaining({ code: 'invalid_api_key' }), expect.anything()]);
    expect(first.digests).toBeGreaterThan(0);
    expect(first.statements.length).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(first);
  });

  it('A04.3: the same where it is tried again and again', async () => {
    const tokens = [forged(live), forged(revoked), forged({ prefix: live.prefix.replace(/.{12}$/, 'BBBBBBBBBBBB'), key: live.key })];
    const again: unknown[] = [];
    for (const token of tokens) {
      await effortOf(token);
      again.push(await effortOf(token));
    }
    expect(again[1]).toEqual(again[0]);
    expect(again[2]).toEqual(again[0]);
  });

  it('A02.1: a key whose checksum is wrong never reaches the database', async () => {
    const { answer, digests, statements } = await effortOf(`${live.key.slice(0, -1)}${live.key.endsWith('0') ? '1' : '0'}`);
    expect(answer).toEqual([401, expect.objectContaining({ code: 'invalid_api_key' }), expect.anything()]);
    expect([digests, statements]).toEqual([0, []]);
  });
});
