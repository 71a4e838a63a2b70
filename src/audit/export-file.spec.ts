import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

import { exportedFile } from './export-file';

interface Row {
  readonly text: string;
}

const columns = { names: ['text'], cells: ({ text }: Row) => [text] };

/** Pages without end, counting how many were asked for. */
function endless() {
  const state = { pages: 0, isOver: false };
  async function* pages(): AsyncGenerator<readonly Row[]> {
    try {
      for (;;) {
        state.pages++;
        yield Array.from({ length: 100 }, () => ({ text: 'x'.repeat(100) }));
      }
    } finally {
      state.isOver = true;
    }
  }
  return { state, pages: pages() };
}

async function* few(): AsyncGenerator<readonly Row[]> {
  yield await Promise.resolve([{ text: 'one' }]);
}

describe('an exported file', () => {
  it('is read no further than its reader takes it', async () => {
    const { state, pages } = endless();
    const stream = exportedFile({ name: 'rows', format: 'ndjson', columns, pages }).getStream();
    stream.pipe(new PassThrough({ highWaterMark: 1_000 }));
    await wait(50);
    expect(state.pages).toBeLessThan(20);
    stream.destroy();
  });

  it('is read no further once its reader has gone', async () => {
    const { state, pages } = endless();
    const stream = exportedFile({ name: 'rows', format: 'csv', columns, pages }).getStream();
    stream.read();
    await once(stream, 'readable');
    stream.destroy();
    await wait(10);
    expect(state.isOver).toBe(true);
  });

  it('is left where its reader takes nothing any more, and not where it waits for the database', async () => {
    const { state, pages } = endless();
    const stream = exportedFile({ name: 'rows', format: 'csv', columns, pages, longestPauseMs: 5 }).getStream();
    stream.pipe(new PassThrough({ highWaterMark: 1_000 }));
    await expect(once(stream, 'close')).rejects.toThrow('Nobody takes the exported file');
    await wait(10);
    expect(state.isOver).toBe(true);

    const small = exportedFile({ name: 'rows', format: 'csv', columns, pages: few(), longestPauseMs: 5 }).getStream();
    small.once('readable', () => undefined);
    await expect(once(small, 'close')).rejects.toThrow('Nobody takes the exported file');

    async function* slow(): AsyncGenerator<readonly Row[]> {
      yield [{ text: 'one' }];
      await wait(50);
      yield [{ text: 'two' }];
    }
    const file = exportedFile({ name: 'rows', format: 'ndjson', columns, pages: slow(), longestPauseMs: 5 }).getStream();
    expect(Buffer.concat((await file.toArray()) as Buffer[]).toString()).toBe('{"text":"one"}\n{"text":"two"}\n');
  });

  it('breaks off where reading fails, rather than look whole', async () => {
    async function* failing(): AsyncGenerator<readonly Row[]> {
      yield [{ text: 'one' }];
      await Promise.resolve();
      throw new Error('the database went away');
    }
    const stream = exportedFile({ name: 'rows', format: 'ndjson', columns, pages: failing() }).getStream();
    await expect(stream.toArray()).rejects.toThrow('the database went away');
  });

  it('keeps each row of NDJSON on one line, whatever a reader takes for the end of one', async () => {
    async function* pages(): AsyncGenerator<readonly Row[]> {
      yield await Promise.resolve([{ text: 'a\nb\r\u0085\u2028\u2029\u009b' }]);
    }
    const chunks = await exportedFile({ name: 'rows', format: 'ndjson', columns, pages: pages() }).getStream().toArray();
    const text = Buffer.concat(chunks as Buffer[]).toString();
    expect(text.split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(2);
    expect(JSON.parse(text)).toEqual({ text: 'a\nb\r\u0085\u2028\u2029\u009b' });
  });
});
