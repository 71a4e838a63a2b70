import { setTimeout as sleep } from 'node:timers/promises';

import { OutboxWorker, SmtpMailer } from '../src/messaging';
import { MessageRetention } from '../src/messaging/message-retention';
import { type Answer, KeystileApp, type TestKey, type TestPerson } from '../src/testing';
import { MailSink } from './support/mail-sink';
import { ProviderListener, type ProviderReply } from './support/provider-listener';

const PHONE = '+4915112345678';
const ACCOUNT = 'AC0123456789abcdef';
const SMS_TOKEN = 'sms-token-5f2c9a';
const WHATSAPP_TOKEN = 'EAAG-whatsapp-token-77';
const SMTP_PASSWORD = 'hunter2-smtp';
const PHONE_ID = '106540352242922';

/** A PNG of 2 by 2 pixels, as far as its header says. */
const PNG = Buffer.concat([
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
  Buffer.from('IHDR'),
  Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 8, 6, 0, 0, 0, 0x72, 0xb6, 0x0d, 0x24]),
  Buffer.alloc(150_000, 0x5a),
]);

const smsTaken = (): ProviderReply => ({
  status: 201,
  json: { sid: 'SM900150983cd24fb0d6963f7d28e17f72', status: 'queued', error_code: null },
});
const whatsappTaken = ({ url }: { url: string }): ProviderReply =>
  url.endsWith('/media')
    ? { status: 200, json: { id: '1013859600285441' } }
    : { status: 200, json: { messaging_product: 'whatsapp', contacts: [], messages: [{ id: 'wamid.HBgLMTU1' }] } };

/** The message once nothing is under way with it. */
async function settled(app: KeystileApp, key: string, id: string): Promise<Answer['body']> {
  for (let tries = 0; tries < 300; tries++) {
    const { body } = await app.get(`/messages/${id}`, { as: key });
    const isWaiting = body['status'] === 'queued' && body['attempts'] > 0;
    if (isWaiting || ['sent', 'failed', 'outbox'].includes(body['status'] as string)) return body;
    await sleep(10);
  }
  throw new Error(`${id} never came to rest`);
}

/** The ids of a page, in its order. */
const idsOf = ({ body }: Answer): string[] => (body['data'] as Array<{ id: string }>).map(({ id }) => id);
const many = (count: number, name: string): string[] => Array.from({ length: count }, (_, i) => `${name}${i}@example.com`);

const form = (file: Buffer | string, { name = 'file', more = '' } = {}): { body: Buffer; headers: Record<string, string> } => ({
  headers: { 'content-type': 'multipart/form-data; boundary=edge' },
  body: Buffer.concat([
    Buffer.from(`${more}--edge\r\nContent-Disposition: form-data; name="${name}"; filename="a.png"\r\nContent-Type: text/plain\r\n\r\n`),
    Buffer.from(file),
    Buffer.from('\r\n--edge--\r\n'),
  ]),
});

describe('messaging with the default outbox', () => {
  let app: KeystileApp;
  let all: TestKey;

  beforeAll(async () => {
    app = await KeystileApp.start();
    all = await app.issueKey({ scopes: ['send_sms', 'send_whatsapp', 'send_email'] });
  });
  afterAll(() => app.stop());

  it.each([
    ['T14', '/sms', 'send_sms', { to: PHONE, text: 'hello' }],
    ['T15', '/whatsapp', 'send_whatsapp', { to: PHONE, text: 'hello' }],
    ['T16', '/whatsapp/test', 'send_whatsapp', { to: PHONE }],
    ['T18', '/email', 'send_email', { to: ['ada@example.com'], subject: 'hello', text: 'hello' }],
  ])('%s POST %s requires %s, accepts the message and keeps it', async (_id, path, scope, body) => {
    const right = await app.issueKey({ scopes: [scope] });
    const wrong = await app.issueKey({ scopes: ['send_sms', 'send_whatsapp', 'send_email'].filter((other) => other !== scope) });

    const refused = await app.post(path, { as: wrong.key, body });
    expect([refused.status, refused.body['message']]).toEqual([403, `Insufficient scope: requires ${scope}`]);

    const accepted = await app.post(path, { as: right.key, body });
    expect(accepted.status).toBe(202);
    expect(accepted.body).toEqual({ messageId: expect.stringMatching(/^msg_[0-9a-z]{26}$/), status: 'queued' });
    expect(accepted.headers['location']).toBe(`/messages/${accepted.body['messageId']}`);

    const kept = await app.get(`/messages/${accepted.body['messageId']}`, { as: right.key });
    expect(kept.body).toMatchObject({
      status: 'outbox',
      to: [body.to].flat(),
      environment: 'live',
      attempts: 0,
      lastError: null,
      sentAt: null,
    });
    expect(kept.body['content'].text).toBe('text' in body ? body.text : 'This is a test message from Keystile.');
  });

  it('T17 POST /whatsapp/upload-header-image requires send_whatsapp and keeps a picture', async () => {
    const wrong = await app.issueKey({ scopes: ['send_sms', 'send_email'] });
    expect((await app.post('/whatsapp/upload-header-image', { as: wrong.key, ...form(PNG) })).status).toBe(403);

    const right = await app.issueKey({ scopes: ['send_whatsapp'] });
    const uploaded = await app.post('/whatsapp/upload-header-image', { as: right.key, ...form(PNG) });
    expect([uploaded.status, uploaded.body]).toEqual([201, { headerImageId: expect.stringMatching(/^img_[0-9a-z]{26}$/) }]);

    const { headerImageId } = uploaded.body;
    const accepted = await app.post('/whatsapp', { as: right.key, body: { to: PHONE, text: 'look', headerImageId } });
    expect(accepted.status).toBe(202);
  });

  it.each([
    ['text that calls itself a picture', form('<svg xmlns="http://www.w3.org/2000/svg"/>'), 415, 'unsupported_media_type'],
    ['a picture above 5 MiB', form(Buffer.concat([PNG, Buffer.alloc(5 * 1024 * 1024)])), 413, 'payload_too_large'],
    ['an empty file', form(''), 400, 'validation_failed'],
    ['a field of another name', form(PNG, { name: 'image' }), 400, 'validation_failed'],
    [
      'a second field',
      form(PNG, { more: '--edge\r\nContent-Disposition: form-data; name="note"\r\n\r\nhi\r\n' }),
      400,
      'validation_failed',
    ],
    ['a form without an end', { ...form(PNG), body: form(PNG).body.subarray(0, 900) }, 400, 'bad_request'],
    ['a form without a boundary', { ...form(PNG), headers: { 'content-type': 'multipart/form-data' } }, 400, 'bad_request'],
    ['JSON', { body: { file: 'iVBORw0KGgo=' } }, 415, 'unsupported_media_type'],
    ['a bare picture', { body: PNG, headers: { 'content-type': 'image/png' } }, 415, 'unsupported_media_type'],
  ])('T17 refuses %s', async (_what, request, status, code) => {
    const answer = await app.post('/whatsapp/upload-header-image', { as: all.key, ...request });
    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });

  it('T17 refuses a file that grows above 5 MiB without having said so', async () => {
    const { body, headers } = form(Buffer.concat([PNG, Buffer.alloc(5 * 1024 * 1024)]));
    const answer = await app.post('/whatsapp/upload-header-image', {
      as: all.key,
      body,
      headers: { ...headers, 'transfer-encoding': 'chunked' },
    });
    expect([answer.status, answer.body['code']]).toEqual([413, 'payload_too_large']);
  });

  it('T17 takes forms on no other route', async () => {
    for (const path of ['/sms', '/email', '/whatsapp']) {
      const answer = await app.post(path, { as: all.key, ...form('hello') });
      expect([answer.status, answer.body['code']]).toEqual([415, 'unsupported_media_type']);
    }
  });

  it.each([
    ['/sms', 'a number without a country', { to: '015112345678', text: 'x' }, '/to'],
    ['/sms', 'a number that is too long', { to: '+4915112345678901', text: 'x' }, '/to'],
    ['/sms', 'a list of numbers', { to: [PHONE], text: 'x' }, '/to'],
    ['/sms', 'no text', { to: PHONE, text: '' }, '/text'],
    ['/sms', 'a blank text', { to: PHONE, text: ' \n' }, '/text'],
    ['/sms', 'a text of 1,601 characters', { to: PHONE, text: 'x'.repeat(1601) }, '/text'],
    ['/sms', 'a NUL', { to: PHONE, text: 'nul \u0000' }, '/text'],
    ['/sms', 'a sender of its own', { to: PHONE, text: 'x', from: PHONE }, '/from'],
    ['/whatsapp', 'neither text nor template', { to: PHONE }, '/text'],
    ['/whatsapp', 'text and template', { to: PHONE, text: 'x', template: { name: 'a', language: 'en' } }, '/text'],
    ['/whatsapp', 'a list of templates', { to: PHONE, template: [{ name: 'a', language: 'en' }] }, '/template'],
    ['/whatsapp', 'a language that is none', { to: PHONE, template: { name: 'a', language: 'english' } }, '/template/language'],
    [
      '/whatsapp',
      'a parameter that is a number',
      { to: PHONE, template: { name: 'a', language: 'en', parameters: [1] } },
      '/template/parameters',
    ],
    ['/whatsapp', 'an image that is none', { to: PHONE, text: 'x', headerImageId: 'img_00000000000000000000000000' }, '/headerImageId'],
    [
      '/whatsapp',
      'a caption that is too long',
      { to: PHONE, text: 'x'.repeat(1025), headerImageId: 'img_00000000000000000000000000' },
      '/text',
    ],
    ['/whatsapp/test', 'a text of its own', { to: PHONE, text: 'x' }, '/text'],
    ['/email', 'no recipient', { to: [], subject: 's', text: 'x' }, '/to'],
    ['/email', 'a recipient outside a list', { to: 'ada@example.com', subject: 's', text: 'x' }, '/to'],
    ['/email', 'a display name', { to: ['Ada <ada@example.com>'], subject: 's', text: 'x' }, '/to'],
    ['/email', 'a header in an address', { to: ['ada@example.com\r\nBcc: eve@example.com'], subject: 's', text: 'x' }, '/to'],
    ['/email', 'two addresses in one', { to: ['ada@example.com, eve@example.com'], subject: 's', text: 'x' }, '/to'],
    ['/email', 'a header in the subject', { to: ['ada@example.com'], subject: 's\r\nBcc: eve@example.com', text: 'x' }, '/subject'],
    ['/email', 'a header in the reply address', { to: ['ada@example.com'], subject: 's', text: 'x', replyTo: 'a@b.cc\nX: y' }, '/replyTo'],
    ['/email', 'neither text nor HTML', { to: ['ada@example.com'], subject: 's' }, '/text'],
    ['/email', 'HTML above 500 kB', { to: ['ada@example.com'], subject: 's', html: 'ä'.repeat(250_001) }, '/html'],
    ['/email', '101 recipients', { to: many(60, 'a'), cc: many(41, 'b'), subject: 's', text: 'x' }, '/cc'],
  ])('POST %s refuses %s', async (path, _what, body, pointer) => {
    const answer = await app.post(path, { as: all.key, body });
    expect([answer.status, answer.body['code'], answer.body['errors'][0].pointer]).toEqual([400, 'validation_failed', pointer]);
  });

  it('keeps an e-mail of the largest size and shows it whole', async () => {
    const html = `<p>${'ä€😀'.repeat(55_000)}</p>`;
    const sent = await app.post('/email', {
      as: all.key,
      body: { to: ['ada@example.com'], cc: ['bob@example.com'], subject: 'Größe', html, replyTo: 'help@example.com' },
    });
    expect(sent.status).toBe(202);
    const { body } = await app.get(`/messages/${sent.body['messageId']}`, { as: all.key });
    expect(body['content']).toEqual({
      text: null,
      html,
      subject: 'Größe',
      cc: ['bob@example.com'],
      replyTo: 'help@example.com',
      template: null,
      headerImageId: null,
    });
  });

  it('shows how a message went to holders of any of the three scopes, and what it says to those who may send on its channel', async () => {
    const sms = await app.issueKey({ scopes: ['send_sms'] });
    const email = await app.issueKey({ scopes: ['send_email'] });
    const { body: sent } = await app.post('/sms', { as: sms.key, body: { to: PHONE, text: 'Your code is 4711' } });
    const mine = await app.get(`/messages/${sent['messageId']}`, { as: sms.key });
    const theirs = await app.get(`/messages/${sent['messageId']}`, { as: email.key });
    expect(mine.body['content'].text).toBe('Your code is 4711');
    expect([theirs.status, theirs.body['status'], theirs.body['content']]).toEqual([200, 'outbox', null]);
    expect(theirs.text).not.toContain('4711');

    const none = await app.issueKey({ scopes: ['api_key.read'] });
    expect((await app.get('/messages', { as: none.key })).status).toBe(403);
  });

  it('keeps the messages of a test key among themselves', async () => {
    const test = await app.issueKey({ scopes: ['send_sms'], environment: 'test' });
    const { body: live } = await app.post('/sms', { as: all.key, body: { to: PHONE, text: 'live' } });
    const { body: sent } = await app.post('/sms', { as: test.key, body: { to: PHONE, text: 'test' } });
    expect((await app.get(`/messages/${live['messageId']}`, { as: test.key })).status).toBe(404);
    const list = await app.get('/messages', { as: test.key });
    expect(idsOf(list)).toEqual([sent['messageId']]);
    expect((await app.get(`/messages/${sent['messageId']}`, { as: all.key })).body).toMatchObject({
      status: 'outbox',
      environment: 'test',
    });
  });

  it('does not send again what has no way to leave', async () => {
    const { body } = await app.post('/sms', { as: all.key, body: { to: PHONE, text: 'hello' } });
    const again = await app.post(`/messages/${body['messageId']}/resend`, { as: all.key });
    expect([again.status, again.body['code']]).toEqual([409, 'conflict']);
  });

  describe('for another organization', () => {
    let stranger: TestPerson;
    let theirs: TestKey;

    beforeAll(async () => {
      stranger = await app.otherOrganization();
      theirs = await app.issueKey({ scopes: ['send_sms', 'send_whatsapp', 'send_email'] }, stranger);
    });

    it('A08.1 a message is the same 404 as none at all, and stays as it was', async () => {
      const { body } = await app.post('/sms', { as: all.key, body: { to: PHONE, text: 'mine' } });
      const before = await app.get(`/messages/${body['messageId']}`, { as: all.key });
      const anonymous = ({ requestId: _requestId, ...rest }: Answer['body']): unknown => rest;
      for (const [method, path] of [
        ['GET', ''],
        ['POST', '/resend'],
      ] as const) {
        const foreign = await app.call(method, `/messages/${body['messageId']}${path}`, { as: theirs.key });
        const missing = await app.call(method, `/messages/msg_00000000000000000000000000${path}`, { as: theirs.key });
        expect(foreign.status).toBe(404);
        expect(anonymous(foreign.body)).toEqual(anonymous(missing.body));
      }
      expect((await app.get(`/messages/${body['messageId']}`, { as: all.key })).body).toEqual(before.body);
    });

    it('A08.2 lists show nothing of it, and its cursors are refused', async () => {
      expect((await app.get('/messages', { as: theirs.key })).body).toEqual({ data: [], hasMore: false, nextCursor: null });
      const page = await app.get('/messages?limit=1', { as: all.key });
      const answer = await app.get(`/messages?cursor=${page.body['nextCursor']}`, { as: theirs.key });
      expect([answer.status, answer.body['code']]).toEqual([400, 'validation_failed']);
    });

    it('A08.1 its header images cannot be used', async () => {
      const { body } = await app.post('/whatsapp/upload-header-image', { as: all.key, ...form(PNG) });
      const answer = await app.post('/whatsapp', { as: theirs.key, body: { to: PHONE, text: 'x', headerImageId: body['headerImageId'] } });
      expect([answer.status, answer.body['errors']]).toEqual([400, [expect.objectContaining({ pointer: '/headerImageId' })]]);
    });
  });

  it('lists page by page, newest first, each message once, by status and channel', async () => {
    const owner = await app.otherOrganization();
    const { key } = await app.issueKey({ scopes: ['send_sms', 'send_email'] }, owner);
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) {
      app.clock.move({ milliseconds: 1 });
      const isSms = i % 2 === 0;
      const body = isSms ? { to: PHONE, text: `${i}` } : { to: ['ada@example.com'], subject: `${i}`, text: 'x' };
      ids.push((await app.post(isSms ? '/sms' : '/email', { as: key, body })).body['messageId'] as string);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Answer = await app.get(`/messages?limit=3${cursor ? `&cursor=${cursor}` : ''}`, { as: key });
      expect(page.body['hasMore']).toBe(page.body['nextCursor'] !== null);
      seen.push(...idsOf(page));
      cursor = page.body['nextCursor'] as string | null;
    } while (cursor !== null);
    expect(seen).toEqual(ids.toReversed());

    const emails = await app.get('/messages?channel=email&status=outbox', { as: key });
    expect(idsOf(emails)).toEqual([ids[5], ids[3], ids[1]]);
    expect((await app.get('/messages?status=sent', { as: key })).body['data']).toEqual([]);
    expect((await app.get('/messages?status=lost', { as: key })).status).toBe(400);
  });
});

describe('SMS by a Twilio-style provider', () => {
  let app: KeystileApp;
  let provider: ProviderListener;
  let worker: OutboxWorker;
  let key: string;
  let emailKey: TestKey;
  let testKey: TestKey;

  beforeAll(async () => {
    provider = await ProviderListener.start(smsTaken);
    app = await KeystileApp.start({
      env: {
        SMS_PROVIDER: 'twilio',
        SMS_PROVIDER_URL: provider.url,
        SMS_PROVIDER_ACCOUNT: ACCOUNT,
        SMS_PROVIDER_TOKEN: SMS_TOKEN,
        SMS_PROVIDER_FROM: '+15005550006',
      },
    });
    worker = app.service.app.get(OutboxWorker);
    // Before the clock moves: people's sessions are short.
    ({ key } = await app.issueKey({ scopes: ['send_sms'] }));
    emailKey = await app.issueKey({ scopes: ['send_email'] });
    testKey = await app.issueKey({ scopes: ['send_sms'], environment: 'test' });
  });
  beforeEach(() => {
    provider.calls.length = 0;
    provider.answer = smsTaken;
  });
  afterAll(async () => {
    await app.stop();
    await provider.stop();
  });

  const send = async (text = 'Guten Tag & 5 > 4 + ä😀', as = key): Promise<string> =>
    (await app.post('/sms', { as, body: { to: PHONE, text } })).body['messageId'] as string;
  const tokens = (): unknown[] => provider.calls.map(({ headers }) => headers['idempotency-key']);

  it('T14 an SMS leaves as a form with basic authentication, and its answer is kept', async () => {
    const id = await send();
    const message = await settled(app, key, id);
    expect(message).toMatchObject({
      status: 'sent',
      attempts: 1,
      lastError: null,
      providerMessageId: 'SM900150983cd24fb0d6963f7d28e17f72',
    });
    expect(message['sentAt']).toBe(app.clock.now().toISOString());

    const [call] = provider.calls;
    expect(call).toMatchObject({ method: 'POST', url: `/2010-04-01/Accounts/${ACCOUNT}/Messages.json` });
    expect(call!.headers).toMatchObject({
      authorization: `Basic ${Buffer.from(`${ACCOUNT}:${SMS_TOKEN}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      'idempotency-key': id,
      'i-twilio-idempotency-token': id,
    });
    expect(Object.fromEntries(new URLSearchParams(call!.body.toString()))).toEqual({
      To: PHONE,
      From: '+15005550006',
      Body: 'Guten Tag & 5 > 4 + ä😀',
    });
  });

  it('comes back after an error of the provider, under the same idempotency token', async () => {
    provider.answer = (_call, number) =>
      number < 3 ? { status: number === 1 ? 500 : 429, json: { code: 20500, message: 'Internal' } } : smsTaken();
    const id = await send();
    expect(await settled(app, key, id)).toMatchObject({
      status: 'queued',
      attempts: 1,
      lastError: 'The provider answered 500, code 20500, Internal',
    });
    expect(await worker.runOnce()).toBe(0);

    app.clock.move({ seconds: 7 });
    await worker.runOnce();
    expect(await settled(app, key, id)).toMatchObject({ status: 'queued', attempts: 2 });
    app.clock.move({ seconds: 40 });
    await worker.runOnce();
    expect(await settled(app, key, id)).toMatchObject({ status: 'sent', attempts: 3, lastError: null });
    expect(tokens()).toEqual([id, id, id]);
  });

  it('waits as long as the provider asks', async () => {
    provider.answer = (_call, number) => (number === 1 ? { status: 503, headers: { 'retry-after': '600' } } : smsTaken());
    const id = await send();
    const waiting = await settled(app, key, id);
    expect(waiting['nextAttemptAt']).toBe(new Date(app.clock.now().getTime() + 600_000).toISOString());
    app.clock.move({ seconds: 599 });
    expect(await worker.runOnce()).toBe(0);
    app.clock.move({ seconds: 1 });
    await worker.runOnce();
    expect(await settled(app, key, id)).toMatchObject({ status: 'sent' });
  });

  it.each([
    [
      'a refusal for good',
      { status: 400, json: { code: 21211, message: `Invalid 'To' for token ${SMS_TOKEN}` } },
      "The provider answered 400, code 21211, Invalid 'To' for token [redacted]",
    ],
    [
      'a dead state in a 201',
      { status: 201, json: { sid: 'SM1', status: 'failed', error_code: 30008, error_message: 'Unknown error' } },
      'The provider answered 201, code 30008, Unknown error',
    ],
  ])('fails at once on %s, and says why without a credential', async (_what, reply, words) => {
    provider.answer = () => reply;
    const id = await send();
    expect(await settled(app, key, id)).toMatchObject({ status: 'failed', attempts: 1, lastError: words, nextAttemptAt: null });
  });

  it.each([
    ['follows no redirect', { status: 307, headers: { location: '/elsewhere' } }, 'queued'],
    ['takes a 201 without a readable body for sent', { status: 201, raw: '<html>' }, 'sent'],
    ['reads a bounded answer', { status: 201, raw: `{"sid":"${'x'.repeat(70_000)}"}` }, 'sent'],
  ])('%s', async (_what, reply, status) => {
    provider.answer = () => reply;
    const id = await send();
    expect(await settled(app, key, id)).toMatchObject({ status, providerMessageId: null });
    expect(provider.calls).toHaveLength(1);
    provider.answer = smsTaken;
    app.clock.move({ minutes: 1 });
    await worker.runOnce();
  });

  it('gives up after eight attempts', async () => {
    provider.answer = () => ({ status: 502 });
    const id = await send();
    await settled(app, key, id);
    for (let attempt = 2; attempt <= 8; attempt++) {
      app.clock.move({ hours: 2 });
      await worker.runOnce();
      expect(await settled(app, key, id)).toMatchObject({ attempts: attempt, status: attempt < 8 ? 'queued' : 'failed' });
    }
    expect(new Set(tokens())).toEqual(new Set([id]));
  });

  it('sends a failed message again when asked, once, as a new one to the provider, with an audit event', async () => {
    provider.answer = () => ({ status: 400, json: { code: 1, message: 'no' } });
    const id = await send();
    await settled(app, key, id);
    provider.answer = smsTaken;
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.post(`/messages/${id}/resend`, { as: key })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409, 409, 409, 409]);
    expect(await settled(app, key, id)).toMatchObject({ status: 'sent', attempts: 1 });
    expect(tokens()).toEqual([id, `${id}.1`]);
    expect((await app.post(`/messages/${id}/resend`, { as: key })).status).toBe(409);

    const events: unknown = await app.service.database.query(
      'SELECT action, target_type, before_state FROM keystile_audit_events WHERE target_id = ?',
      [id],
    );
    expect(events).toEqual([{ action: 'message.resent', target_type: 'message', before_state: '{"status":"failed"}' }]);
  });

  it('sends again only for those who may send on that channel', async () => {
    provider.answer = () => ({ status: 400 });
    const id = await send();
    await settled(app, key, id);
    const answer = await app.post(`/messages/${id}/resend`, { as: emailKey.key });
    expect([answer.status, answer.body['code'], answer.body['requiredScopes']]).toEqual([403, 'insufficient_scope', ['send_sms']]);
  });

  it('takes over from a worker that died while sending, under the same token, and ignores it when it comes back', async () => {
    let release!: (reply: ProviderReply) => void;
    const held = new Promise<ProviderReply>((resolve) => (release = resolve));
    provider.answer = (_call, number) => (number === 1 ? held : smsTaken());
    const id = await send();
    await provider.received(1);
    expect((await app.get(`/messages/${id}`, { as: key })).body).toMatchObject({ status: 'sending', attempts: 1 });

    app.clock.move({ seconds: 179 });
    expect(await worker.runOnce()).toBe(0);
    app.clock.move({ seconds: 1 });
    expect(await worker.runOnce()).toBe(1);
    expect(await settled(app, key, id)).toMatchObject({ status: 'sent', attempts: 2 });
    expect(tokens()).toEqual([id, id]);

    release({ status: 400, json: { code: 1, message: 'too late' } });
    await sleep(50);
    expect((await app.get(`/messages/${id}`, { as: key })).body).toMatchObject({ status: 'sent', lastError: null });
  });

  it('sends each message once, however many workers run on the queue', async () => {
    provider.answer = () => ({ status: 500 });
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => send(`${i}`)));
    for (const id of ids) await settled(app, key, id);
    provider.calls.length = 0;
    provider.answer = smsTaken;
    app.clock.move({ seconds: 10 });
    for (let done = false; !done;) {
      const handled = await Promise.all(Array.from({ length: 6 }, () => worker.runOnce()));
      done = handled.every((count) => count === 0);
    }
    for (const id of ids) expect(await settled(app, key, id)).toMatchObject({ status: 'sent', attempts: 2 });
    expect(provider.calls).toHaveLength(ids.length);
    expect(new Set(tokens())).toEqual(new Set(ids));
  });

  it('forgets messages after 90 days, but not those that wait to be sent', async () => {
    const retention = app.service.app.get(MessageRetention);
    const old = await send('old');
    expect(await settled(app, key, old)).toMatchObject({ status: 'sent' });
    provider.answer = () => ({ status: 500 });
    const waiting = await send('waiting');
    await settled(app, key, waiting);
    app.clock.move({ days: 91 });
    const young = await send('young');
    expect(await retention.deleteOld()).toBeGreaterThan(0);
    const statuses = await Promise.all([old, waiting, young].map(async (id) => (await app.get(`/messages/${id}`, { as: key })).status));
    expect(statuses).toEqual([404, 200, 200]);
    const pieces: unknown = await app.service.database.query('SELECT piece FROM keystile_message_blobs WHERE owner_id = ?', [old]);
    expect(pieces).toEqual([]);
    expect(await retention.deleteOld()).toBe(0);

    provider.answer = smsTaken;
    app.clock.move({ hours: 2 });
    await worker.runOnce();
    expect(await settled(app, key, waiting)).toMatchObject({ status: 'sent' });
    await settled(app, key, young);
  });

  it('never lets a message of a test key leave', async () => {
    const id = await send('test', testKey.key);
    expect(await settled(app, key, id)).toMatchObject({ status: 'outbox', environment: 'test', attempts: 0 });
    await worker.runOnce();
    expect((await app.post(`/messages/${id}/resend`, { as: key })).status).toBe(409);
    expect(provider.calls).toEqual([]);
  });
});

describe('WhatsApp by the Cloud API', () => {
  let app: KeystileApp;
  let provider: ProviderListener;
  let key: string;

  beforeAll(async () => {
    provider = await ProviderListener.start(whatsappTaken);
    app = await KeystileApp.start({
      env: {
        WHATSAPP_PROVIDER: 'cloud-api',
        WHATSAPP_PROVIDER_URL: `${provider.url}/v23.0`,
        WHATSAPP_PROVIDER_PHONE_ID: PHONE_ID,
        WHATSAPP_PROVIDER_TOKEN: WHATSAPP_TOKEN,
      },
    });
    ({ key } = await app.issueKey({ scopes: ['send_whatsapp'] }));
  });
  beforeEach(() => {
    provider.calls.length = 0;
    provider.answer = whatsappTaken;
  });
  afterAll(async () => {
    await app.stop();
    await provider.stop();
  });

  const send = async (body: object, path = '/whatsapp'): Promise<string> =>
    (await app.post(path, { as: key, body: { to: PHONE, ...body } })).body['messageId'] as string;
  const lastBody = (): unknown => JSON.parse(provider.calls.at(-1)!.body.toString());

  it.each([
    ['T15', '/whatsapp', 'a text', { text: 'hi' }, { type: 'text', text: { preview_url: false, body: 'hi' } }],
    [
      'T16',
      '/whatsapp/test',
      'the test message',
      {},
      { type: 'text', text: { preview_url: false, body: 'This is a test message from Keystile.' } },
    ],
    [
      'T15',
      '/whatsapp',
      'a template',
      { template: { name: 'order_ready', language: 'pt_BR', parameters: ['Ada', '4711'] } },
      {
        type: 'template',
        template: {
          name: 'order_ready',
          language: { code: 'pt_BR' },
          components: [
            {
              type: 'body',
              parameters: [
                { type: 'text', text: 'Ada' },
                { type: 'text', text: '4711' },
              ],
            },
          ],
        },
      },
    ],
  ])('%s POST %s sends %s in the format of the Cloud API', async (_id, path, _what, given, expected) => {
    const id = await send(given, path);
    expect(await settled(app, key, id)).toMatchObject({ status: 'sent', providerMessageId: 'wamid.HBgLMTU1', attempts: 1 });
    expect(provider.calls).toHaveLength(1);
    expect(provider.calls[0]).toMatchObject({ method: 'POST', url: `/v23.0/${PHONE_ID}/messages` });
    expect(provider.calls[0]!.headers).toMatchObject({ authorization: `Bearer ${WHATSAPP_TOKEN}`, 'content-type': 'application/json' });
    expect(lastBody()).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: PHONE,
      biz_opaque_callback_data: id,
      ...expected,
    });
  });

  it('T17 a header image goes to the provider once, and every message names its copy', async () => {
    const uploaded = await app.post('/whatsapp/upload-header-image', { as: key, ...form(PNG) });
    const { headerImageId } = uploaded.body;
    await settled(app, key, await send({ text: 'look', headerImageId }));
    const [media] = provider.calls;
    expect(media!.url).toBe(`/v23.0/${PHONE_ID}/media`);
    expect(media!.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(media!.body.includes(PNG)).toBe(true);
    expect(media!.body.toString('latin1')).toMatch(
      /name="messaging_product"\r\n\r\nwhatsapp\r\n[^]*name="file"; filename="header.png"\r\nContent-Type: image\/png\r\n/,
    );
    expect(lastBody()).toMatchObject({ type: 'image', image: { id: '1013859600285441', caption: 'look' } });

    await settled(app, key, await send({ template: { name: 'order_ready', language: 'en' }, headerImageId }));
    expect(provider.calls.map(({ url }) => url.split('/').at(-1))).toEqual(['media', 'messages', 'messages']);
    expect(lastBody()).toMatchObject({
      template: { components: [{ type: 'header', parameters: [{ type: 'image', image: { id: '1013859600285441' } }] }] },
    });

    app.clock.move({ days: 29 });
    await settled(app, key, await send({ text: 'look again', headerImageId }));
    expect(provider.calls.map(({ url }) => url.split('/').at(-1))).toEqual(['media', 'messages', 'messages', 'media', 'messages']);
  });

  it.each([
    [
      'fails on a refusal',
      {
        status: 400,
        json: { error: { message: `(#131030) Bad ${WHATSAPP_TOKEN}`, code: 131030, error_data: { details: 'Not allowed' } } },
      },
      'failed',
      'The provider answered 400, code 131030, (#131030) Bad [redacted], Not allowed',
    ],
    [
      'waits when it is throttled',
      { status: 400, json: { error: { message: 'Too fast', code: 131056 } } },
      'queued',
      'The provider answered 400, code 131056, Too fast',
    ],
    ['waits when the provider is down', { status: 503 }, 'queued', 'The provider answered 503'],
  ])('%s', async (_what, reply, status, lastError) => {
    provider.answer = () => reply;
    const id = await send({ text: 'hi' });
    expect(await settled(app, key, id)).toMatchObject({ status, lastError });
  });
});

describe('e-mail by SMTP', () => {
  let app: KeystileApp;
  let sink: MailSink;
  let worker: OutboxWorker;
  let key: string;

  beforeAll(async () => {
    sink = await MailSink.start();
    app = await KeystileApp.start({
      env: { SMTP_URL: sink.url.replace('//', `//post:${SMTP_PASSWORD}@`), MAIL_FROM: 'Acme Post <post@acme.example>' },
    });
    worker = app.service.app.get(OutboxWorker);
    ({ key } = await app.issueKey({ scopes: ['send_email'] }));
  });
  beforeEach(() => {
    sink.mails.length = 0;
    sink.attempts = 0;
    sink.verdict = () => 250;
  });
  afterAll(async () => {
    await app.stop();
    await sink.stop();
  });

  const send = async (body: object): Promise<string> =>
    (await app.post('/email', { as: key, body: { to: ['ada@example.com'], subject: 'Hallo', text: 'Guten Tag', ...body } })).body[
      'messageId'
    ] as string;

  it('T18 a mail arrives with its headers, its text and its HTML', async () => {
    const id = await send({
      to: ['ada@example.com', 'bob@example.com'],
      cc: ['cy@example.com'],
      subject: 'Grüße',
      html: '<p>Guten Tag</p>',
      replyTo: 'help@example.com',
    });
    expect(await settled(app, key, id)).toMatchObject({
      status: 'sent',
      attempts: 1,
      lastError: null,
      providerMessageId: `<${id}@acme.example>`,
    });
    const [mail] = sink.mails;
    expect(mail).toMatchObject({ from: 'post@acme.example', to: ['ada@example.com', 'bob@example.com', 'cy@example.com'] });
    expect(mail!.headers).toMatchObject({
      from: 'Acme Post <post@acme.example>',
      to: 'ada@example.com, bob@example.com',
      cc: 'cy@example.com',
      'reply-to': 'help@example.com',
      'message-id': `<${id}@acme.example>`,
      subject: '=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
      'content-type': expect.stringMatching(/^multipart\/alternative/),
    });
    expect(mail!.source).toContain('<p>Guten Tag</p>');
  });

  it('comes back after a temporary refusal with the same Message-ID, and shows no credential', async () => {
    sink.verdict = (number) => (number === 1 ? 451 : 250);
    sink.words = `Not now, post with ${SMTP_PASSWORD}`;
    const id = await send({});
    expect(await settled(app, key, id)).toMatchObject({
      status: 'queued',
      attempts: 1,
      lastError: 'The mail server did not take it: Message failed: 451 Not now, post with [redacted]',
    });
    app.clock.move({ seconds: 10 });
    await worker.runOnce();
    expect(await settled(app, key, id)).toMatchObject({ status: 'sent', attempts: 2 });
    expect(sink.mails.map(({ headers }) => headers['message-id'])).toEqual([`<${id}@acme.example>`]);
  });

  it('fails at once on a refusal for good', async () => {
    sink.verdict = () => 554;
    expect(await settled(app, key, await send({}))).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('says which recipients the server refused when it took the others', async () => {
    sink.refusedRecipients.add('gone@example.com');
    const id = await send({ to: ['ada@example.com', 'gone@example.com'] });
    expect(await settled(app, key, id)).toMatchObject({
      status: 'sent',
      lastError: 'The mail server refused these recipients: gone@example.com',
    });
  });

  it('mails one-time links directly: nothing of them is kept', async () => {
    const mailer = app.service.app.get(SmtpMailer);
    expect(mailer.isConfigured).toBe(true);
    sink.verdict = (number) => (number === 1 ? 451 : 250);
    await mailer.send({ to: 'ada@example.com', subject: 'Join Acme', text: 'https://example.com/join#kso_abcdefghijklmnop1234' });
    expect(sink.attempts).toBe(2);
    expect(sink.mails[0]!.source).toContain('kso_abcdefghijklmnop1234');
    const rows: unknown[] = await app.service.database.query('SELECT * FROM keystile_message_blobs');
    expect(rows.some((row) => Buffer.from(Object.values(row as object).join('')).includes('kso_'))).toBe(false);
  });
});
