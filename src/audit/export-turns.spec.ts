import { StreamableFile } from '@nestjs/common';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';

import { ExportTurns } from './export-turns';

describe('the turns of exports', () => {
  const file = (stream: PassThrough) => (): Promise<StreamableFile> => Promise.resolve(new StreamableFile(stream));
  const TURNED_AWAY = { code: 'rate_limited', extras: { retryAfterSeconds: 10 } };

  it('A14: end when the file is read or left, and until then a third one has to wait', async () => {
    const turns = new ExportTurns();
    const [read, left] = [new PassThrough(), new PassThrough()];
    await turns.take('call_log', 'org_a', file(read));
    await turns.take('call_log', 'org_a', file(left));
    await expect(turns.take('call_log', 'org_a', file(new PassThrough()))).rejects.toMatchObject(TURNED_AWAY);
    await turns.take('call_log', 'org_b', file(new PassThrough()));
    read.resume().end();
    await once(read, 'close');
    await turns.take('call_log', 'org_a', file(new PassThrough()));
    await expect(turns.take('call_log', 'org_a', file(new PassThrough()))).rejects.toMatchObject(TURNED_AWAY);
    left.destroy();
    await once(left, 'close');
    await turns.take('call_log', 'org_a', file(new PassThrough()));
  });

  it('of calls and of audit events are apart: who takes out the one keeps nobody from the other', async () => {
    const turns = new ExportTurns();
    for (let i = 0; i < 2; i++) await turns.take('call_log', 'org_a', file(new PassThrough()));
    for (let i = 0; i < 2; i++) await turns.take('audit_event', 'org_a', file(new PassThrough()));
    await expect(turns.take('audit_event', 'org_a', file(new PassThrough()))).rejects.toMatchObject(TURNED_AWAY);
    for (let i = 0; i < 6; i++) await turns.take('call_log', `org_${i}`, file(new PassThrough()));
    await expect(turns.take('call_log', 'org_9', file(new PassThrough()))).rejects.toMatchObject(TURNED_AWAY);
    await turns.take('audit_event', 'org_9', file(new PassThrough()));
  });

  it('are bounded for all organizations together', async () => {
    const turns = new ExportTurns();
    for (let i = 0; i < 8; i++) await turns.take('call_log', `org_${i}`, file(new PassThrough()));
    await expect(turns.take('call_log', 'org_8', file(new PassThrough()))).rejects.toMatchObject(TURNED_AWAY);
    await expect(turns.take('call_log', null, file(new PassThrough()))).rejects.toMatchObject(TURNED_AWAY);
  });

  it('are not taken by what fails', async () => {
    const turns = new ExportTurns();
    for (let i = 0; i < 5; i++) await expect(turns.take('call_log', 'org_a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await turns.take('call_log', 'org_a', file(new PassThrough()));
  });
});
