import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { aCall } from '../../test/support/finished-call';
import { segmentName } from './journal';
import { FrameWriter } from './journal-frame';
import { readJournal } from './journal-reader';
import { encodeRecord } from './journal-record';

const RECORDS = 10_000;
const APPENDING = `
  const { openSync, writeSync, closeSync } = require('node:fs');
  const { path, bytes, ends } = require('node:worker_threads').workerData;
  const file = openSync(path, 'a');
  let start = 0;
  for (const end of ends) {
    start += writeSync(file, bytes, start, end - start);
    // Long enough for whoever reads to have read it, and to look for more.
    for (const began = performance.now(); performance.now() - began < 0.1;);
  }
  closeSync(file);
`;

describe('reading the journal', () => {
  it('passes nothing over that is written meanwhile, and finds no damage in it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keystile-reader-'));
    const frames = new FrameWriter();
    const ends: number[] = [];
    for (let sequence = 1; sequence <= RECORDS; sequence++) {
      frames.add(encodeRecord(sequence, aCall(), 'whole'));
      // Several at once, as the answers of a turn of the event loop are written.
      if (sequence % 5 === 0) ends.push(frames.bytes.length);
    }
    const path = join(folder, segmentName(1));
    writeFileSync(path, '');
    const writer = new Worker(APPENDING, { eval: true, workerData: { path, bytes: Buffer.from(frames.bytes), ends } });
    let isWritten = false;
    const written = new Promise<void>((resolve) => {
      writer.once('online', resolve);
      writer.once('exit', () => (isWritten = true));
    });
    await written;
    const read: number[] = [];
    let damaged = 0;
    let place = { segment: 1, offset: 0 };
    for (let isLast = false; !isLast;) {
      isLast = isWritten;
      for (let i = 0; i < 50; i++) {
        const stretch = readJournal(folder, place, 1_000);
        read.push(...stretch.records.map(({ sequence }) => sequence));
        if (stretch.isDamaged) damaged += 1;
        place = stretch.next;
        isLast &&= stretch.isEnd;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    rmSync(folder, { recursive: true });
    expect(damaged).toBe(0);
    expect(read).toEqual(Array.from({ length: RECORDS }, (_, i) => i + 1));
  });
});
