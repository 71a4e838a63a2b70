import type { INestApplication } from '@nestjs/common';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { Readiness } from './operations';

const LOOK_MS = 50;
/** After this long without a connection nobody sends calls here any more. */
const ALONE_MS = 1_000;

/**
 * Says that the process is not ready, and goes on answering: each answer ends its connection, so that nobody holds one that is about
 * to be closed. Ends when the time is over, or when nobody has been connected for a second.
 */
export async function drain(app: INestApplication, seconds: number): Promise<void> {
  app.get(Readiness).stop();
  const server = app.getHttpServer() as Server;
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  const until = performance.now() + seconds * 1_000;
  let aloneSince = Infinity;
  while (performance.now() < Math.min(until, aloneSince + ALONE_MS)) {
    const isAlone = (await connectionsOf(server)) === 0;
    aloneSince = isAlone ? Math.min(aloneSince, performance.now()) : Infinity;
    await sleep(LOOK_MS);
  }
}

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));
