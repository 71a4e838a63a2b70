import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** One mail as it came over the wire. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** By lower-case name, unfolded. */
  readonly headers: Readonly<Record<string, string>>;
  readonly source: string;
}

/** What the server says to a mail: an SMTP status of 400 and more refuses it. */
type Verdict = (number: number) => number;

/** A real SMTP server on loopback that keeps what it gets. */
export class MailSink {
  readonly mails: ReceivedMail[] = [];
  /** How often a mail was handed over, refused ones included. */
  attempts = 0;
  verdict: Verdict = () => 250;
  /** What it says when it refuses. */
  words = 'Not now';
  readonly refusedRecipients = new Set<string>();
  private readonly waiting: Array<{ readonly count: number; readonly go: () => void }> = [];

  private constructor(private readonly server: SMTPServer) {}

  static async start(): Promise<MailSink> {
    const server: SMTPServer = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      authOptional: true,
      allowInsecureAuth: true,
      onAuth: ({ username }, _session, done) => done(null, { user: username }),
      onRcptTo: ({ address }, _session, done) => done(sink.refusedRecipients.has(address) ? smtpError(550, 'No such mailbox') : null),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const status = sink.verdict(++sink.attempts);
          if (status >= 400) return done(smtpError(status, sink.words));
          const { mailFrom, rcptTo } = session.envelope;
          const source = Buffer.concat(chunks).toString('utf8');
          sink.keep({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            headers: headersOf(source),
            source,
          });
          return done();
        });
      },
    });
    const sink = new MailSink(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  /** Resolves when it has taken so many mails. */
  async received(count: number): Promise<void> {
    if (this.mails.length >= count) return;
    await new Promise<void>((go) => this.waiting.push({ count, go }));
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private keep(mail: ReceivedMail): void {
    this.mails.push(mail);
    for (const { count, go } of this.waiting) if (this.mails.length >= count) go();
  }
}

const smtpError = (responseCode: number, message: string): Error => Object.assign(new Error(message), { responseCode });

function headersOf(source: string): Record<string, string> {
  const head = source.slice(0, source.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
  return Object.fromEntries(
    head.split('\r\n').map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}
