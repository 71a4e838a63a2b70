import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the card network said; `null` where nobody knows what became of the charge. */
export type CardAnswer = { readonly approved: boolean; readonly reference: string } | null;

export interface CardCharge {
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
}

const PATIENCE_MS = 5_000;

/** Moves money. Asked for live keys only. */
export class CardNetwork {
  constructor(private readonly url: string) {}

  /** The charge's id tells the network that a repetition is one. */
  async charge({ id, amount, currency }: CardCharge): Promise<CardAnswer> {
    try {
      const answer = await fetch(new URL('/charges', this.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': id },
        body: JSON.stringify({ id, amount, currency }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return answer.ok ? ((await answer.json()) as CardAnswer) : null;
    } catch {
      // The money may have moved or not: the charge stays pending.
      return null;
    }
  }
}

/** A card network for trying things out, on loopback. Odd amounts are declined. */
export async function startPretendNetwork(
  onCharge: (charge: CardCharge) => void,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Nothing here');
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const charge = JSON.parse(Buffer.concat(chunks).toString('utf8')) as CardCharge;
      onCharge(charge);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ approved: charge.amount % 2 === 0, reference: `card_${charge.id.slice(3)}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, stop };
}
