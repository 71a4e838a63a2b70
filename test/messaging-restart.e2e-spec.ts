import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { callHttp, FixedClock, KeystileApp } from '../src/testing';
import { ProviderListener, type ProviderReply } from './support/provider-listener';

const SMS = { to: '+4915112345678', text: 'once, please' };
const taken: ProviderReply = { status: 201, json: { sid: 'SM1', status: 'queued' } };
/** Longer than the lease of a worker. */
const LEASE_AND_MORE_MS = 200_000;

describe('an SMS that is under way when its service ends', () => {
  let provider: ProviderListener;
  let release: (reply: ProviderReply) => void;
  let kept: { readonly dataDir: string; readonly databaseUrl: string | undefined };
  let first: KeystileApp;
  let key: string;

  const env = (): Record<string, string> => ({
    SMS_PROVIDER: 'twilio',
    SMS_PROVIDER_URL: provider.url,
    SMS_PROVIDER_ACCOUNT: 'AC1',
    SMS_PROVIDER_TOKEN: 'sms-token-5f2c9a',
    SMS_PROVIDER_FROM: '+15005550006',
  });

  beforeEach(async () => {
    provider = await ProviderListener.start((_call, number) =>
      number === 1 ? new Promise<ProviderReply>((resolve) => (release = resolve)) : taken,
    );
    first = await KeystileApp.start({ env: env(), clock: new FixedClock(new Date()) });
    ({ key } = await first.issueKey({ scopes: ['send_sms'] }));
    kept = { dataDir: first.dataDir, databaseUrl: first.databaseUrl };
  });
  afterEach(async () => {
    await provider.stop();
  });

  const stateLater = async (id: string): Promise<Record<string, unknown>> => {
    const app = await KeystileApp.start({ env: env(), keep: kept, clock: new FixedClock(new Date(Date.now() + LEASE_AND_MORE_MS)) });
    try {
      for (;;) {
        const { body } = await app.get(`/messages/${id}`, { as: key });
        if (body['status'] !== 'sending') return body;
        await sleep(20);
      }
    } finally {
      await app.stop({ disposeData: false });
    }
  };

  it('is finished before a service stops, and not sent again by the next one', async () => {
    const { body } = await first.post('/sms', { as: key, body: SMS });
    await provider.received(1);
    const stopped = first.stop({ disposeData: false });
    await sleep(50);
    release(taken);
    await stopped;
    expect(await stateLater(body['messageId'] as string)).toMatchObject({ status: 'sent', attempts: 1 });
    expect(provider.calls).toHaveLength(1);
    await first.stop();
  });

  it('is taken over after a kill -9, under the same idempotency token', async () => {
    await first.stop({ disposeData: false });
    const { child, url } = await startProcess({
      DATA_DIR: kept.dataDir,
      ...(kept.databaseUrl ? { DATABASE_URL: kept.databaseUrl } : {}),
      ...env(),
    });
    const { body, status } = await callHttp(url, 'POST', '/sms', { as: key, body: SMS });
    expect(status).toBe(202);
    await provider.received(1);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const id = body['messageId'] as string;
    expect(await stateLater(id)).toMatchObject({ status: 'sent', attempts: 2, providerMessageId: 'SM1' });
    expect(provider.calls.map(({ headers }) => headers['idempotency-key'])).toEqual([id, id]);
    await first.stop();
  });
});

/** The service in a process of its own, once it says where it is. */
async function startProcess(env: Record<string, string>): Promise<{ child: ChildProcess; url: string }> {
  const root = join(__dirname, '..');
  const child = spawn(process.execPath, ['-r', join(__dirname, 'support', 'typescript.cjs'), join(root, 'src', 'main.ts')], {
    env: { PATH: process.env['PATH'], NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /(http:\/\/\S+)\/api-management/.exec(line)?.[1];
    if (url) return { child, url };
  }
  throw new Error('The service ended without saying where it was');
}
