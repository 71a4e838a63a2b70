import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
}

interface Cut {
  readonly text: string;
  readonly when: 'before' | 'after';
  readonly following: string;
  /** The connections that have sent what it follows. */
  readonly armed: Set<Pair>;
  readonly done: () => void;
}

/**
 * Stands between a service and its database (or Redis) and goes wrong on demand, for connections that are open and for new ones:
 *
 * ```ts
 * const proxy = await FaultProxy.start({ host: '127.0.0.1', port: 3306 });
 * proxy.freeze();
 * proxy.pass();
 * ```
 *
 * For plain Node: `node -r ./test/support/typescript.cjs`, or `require` that file first.
 */
export class FaultProxy {
  private readonly pairs = new Set<Pair>();
  private server: Server | undefined;
  private listeningPort = 0;
  private isFrozen = false;
  private resets = false;
  private delayMs = 0;
  private bytesLeft: number | undefined;
  private cut: Cut | undefined;

  private constructor(private readonly target: { readonly host: string; readonly port: number }) {}

  static async start(target: { readonly host: string; readonly port: number }): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await proxy.listen();
    return proxy;
  }

  /** In front of the server of a database URL. @returns the proxy, and the URL that leads through it */
  static async before(databaseUrl: string): Promise<{ proxy: FaultProxy; url: string }> {
    const url = new URL(databaseUrl);
    const proxy = await FaultProxy.start({ host: url.hostname, port: Number(url.port || 3306) });
    url.host = `127.0.0.1:${proxy.port}`;
    return { proxy, url: url.toString() };
  }

  get port(): number {
    return this.listeningPort;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Nothing is wrong any more. What was frozen flows on. */
  async pass(): Promise<void> {
    this.isFrozen = false;
    this.resets = false;
    this.delayMs = 0;
    this.bytesLeft = undefined;
    this.cut = undefined;
    if (!this.server) await this.listen();
    for (const { client, upstream } of this.pairs) {
      client.resume();
      upstream.resume();
    }
  }

  /** Nobody listens any more, and what was open is cut. */
  async refuse(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    const closed = server && once(server, 'close');
    server?.close();
    this.resetAll();
    await closed;
  }

  /** Connections stay open and new ones are taken; nothing comes or goes. As a stopped process looks from outside. */
  freeze(): void {
    this.isFrozen = true;
    for (const { client, upstream } of this.pairs) {
      client.pause();
      upstream.pause();
    }
  }

  /** What is open is reset, and so is each new connection as soon as it is there. */
  reset(): void {
    this.resets = true;
    this.resetAll();
  }

  /** What is open is reset, once; new connections work. */
  resetAll(): void {
    for (const pair of this.pairs) this.drop(pair);
  }

  /** Each piece takes so much longer, on the way there and on the way back. */
  delay(milliseconds: number): void {
    this.delayMs = milliseconds;
  }

  /** The connection over which the next so many bytes have gone to the server is reset. Others go on. */
  cutAfter(bytes: number): void {
    this.bytesLeft = bytes;
  }

  /**
   * Resets the next connection that sends this text to the server (`COMMIT`): before the server hears of it, or after the server
   * has answered, which the client never hears.
   * @param following only a connection that has sent this first, to tell one transaction from another
   * @returns when it is done
   */
  cutAt(text: string, when: 'before' | 'after', following = ''): Promise<void> {
    return new Promise((done) => {
      this.cut = { text, when, following, armed: new Set(), done };
    });
  }

  async stop(): Promise<void> {
    await this.refuse();
  }

  private async listen(): Promise<void> {
    const server = createServer({ pauseOnConnect: true }, (client) => this.accept(client));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: this.listeningPort }, resolve);
    });
    this.server = server;
    this.listeningPort = (server.address() as AddressInfo).port;
  }

  private accept(client: Socket): void {
    client.setNoDelay(true);
    if (this.resets) {
      client.on('error', () => undefined);
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(this.target).setNoDelay(true);
    const pair = { client, upstream };
    this.pairs.add(pair);
    for (const socket of [client, upstream]) {
      socket.on('error', () => this.drop(pair));
      socket.on('close', () => this.drop(pair));
    }
    client.on('end', () => upstream.end());
    upstream.on('end', () => client.end());
    client.on('data', (piece) => this.toServer(pair, piece));
    upstream.on('data', (piece) => this.send(client, piece));
    if (this.isFrozen) upstream.pause();
    else client.resume();
  }

  private toServer(pair: Pair, piece: Buffer): void {
    const { client, upstream } = pair;
    const { cut } = this;
    if (cut && piece.includes(cut.following)) cut.armed.add(pair);
    if (cut?.armed.has(pair) && piece.includes(cut.text)) {
      this.cut = undefined;
      const end = (): void => {
        this.drop(pair);
        cut.done();
      };
      if (cut.when === 'before') return end();
      upstream.removeAllListeners('data');
      upstream.once('data', end);
      upstream.write(piece);
      return;
    }
    if (this.bytesLeft !== undefined && piece.length >= this.bytesLeft) {
      const part = piece.subarray(0, this.bytesLeft);
      this.bytesLeft = undefined;
      client.pause();
      upstream.write(part, () => this.drop(pair));
      return;
    }
    if (this.bytesLeft !== undefined) this.bytesLeft -= piece.length;
    this.send(upstream, piece);
  }

  private send(to: Socket, piece: Buffer): void {
    if (this.delayMs === 0) to.write(piece);
    else setTimeout(() => to.writable && to.write(piece), this.delayMs);
  }

  private drop(pair: Pair): void {
    if (!this.pairs.delete(pair)) return;
    pair.client.resetAndDestroy();
    pair.upstream.destroy();
  }
}
