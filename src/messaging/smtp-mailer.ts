import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';

import { type Delivery, type OutgoingMessage, type Provider, providerId, publicError } from './delivery';
import { MESSAGING_OPTIONS, type MessagingOptions } from './messaging-options';
import { credentialsOf, requiresTls } from './smtp-url';

/** One message to one person, in plain text. */
export interface PlainMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 20_000;
const IDLE_TIMEOUT_MS = 20_000;
const CONNECTIONS = 5;
const DEADLINE_MS = 45_000;

/** The waits between the attempts at a mail that is not kept. */
const WAITS_MS = [1_000, 5_000, 30_000];
/** How long a stopping process waits for mails that are under way. */
const PATIENCE_MS = 8_000;

/** The members of a nodemailer error that decide what happens next. */
type SmtpError = Error & { readonly permanent?: boolean; readonly code?: string };

/** E-mail by SMTP. Each attempt at a message carries the same `Message-ID`, by which receivers tell duplicates. */
@Injectable()
export class SmtpMailer implements Provider, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private readonly smtp: { readonly transport: Transporter; readonly from: string; readonly credentials: readonly string[] } | undefined;
  private readonly underway = new Set<Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(@Inject(MESSAGING_OPTIONS) { email }: MessagingOptions) {
    if (email.kind === 'outbox') return;
    const { url, from } = email;
    const transport = openTransport(url);
    const credentials = credentialsOf(url);
    transport.on('error', (error: Error) => this.logger.warn(publicError(error.message, credentials)));
    this.smtp = { transport, from, credentials };
  }

  get isConfigured(): boolean {
    return this.smtp !== undefined;
  }

  /**
   * Mails at once, without the outbox: for texts that hold one-time tokens, which must not be stored. Tries a few times and then
   * gives up with a line in the log, so it neither throws nor outlives the process. Callers that must answer at once need not wait.
   */
  async send(mail: PlainMail): Promise<void> {
    if (!this.smtp) return;
    const job = this.sendPatiently(mail, `<${randomUUID()}@${domainOf(this.smtp.from)}>`);
    this.underway.add(job);
    await job.finally(() => this.underway.delete(job));
  }

  /** One attempt at a message of the outbox. */
  async deliver({ deliveryId, to, content }: OutgoingMessage, signal: AbortSignal): Promise<Delivery> {
    const { text, html, subject, cc, replyTo } = content;
    return this.attempt(
      {
        messageId: `<${deliveryId}@${domainOf(this.smtp?.from ?? '')}>`,
        to: to.map(mailbox),
        cc: cc.map(mailbox),
        subject: subject ?? '',
        ...(replyTo === null ? {} : { replyTo: mailbox(replyTo) }),
        ...(text === null ? {} : { text }),
        ...(html === null ? {} : { html }),
      },
      signal,
    );
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.race([Promise.all(this.underway), sleep(PATIENCE_MS, undefined, { ref: false })]);
  }

  /** The worker has let go of its messages by now. */
  onApplicationShutdown(): void {
    this.smtp?.transport.close();
  }

  private async sendPatiently({ to, subject, text }: PlainMail, messageId: string): Promise<void> {
    for (const wait of [...WAITS_MS, undefined]) {
      const delivery = await this.attempt({ messageId, to: [mailbox(to)], subject, text }, new AbortController().signal);
      if (delivery.outcome === 'sent') return;
      const goesOn = delivery.outcome === 'postponed' && wait !== undefined && !this.stopping.signal.aborted;
      this.logger.warn(`A mail to somebody at ${domainOf(to)} was not taken${goesOn ? '; trying again' : ''}: ${delivery.error}`);
      if (!goesOn || !(await this.pause(wait))) return;
    }
  }

  /** `false` where the process is stopping: the mail has one attempt and no more. */
  private async pause(ms: number): Promise<boolean> {
    try {
      await sleep(ms, undefined, { ref: false, signal: this.stopping.signal });
      return true;
    } catch {
      this.logger.warn('A mail was given up because the process is stopping');
      return false;
    }
  }

  private async attempt(mail: SendMailOptions, signal: AbortSignal): Promise<Delivery> {
    if (!this.smtp) return { outcome: 'refused', error: 'No mail server is set' };
    const { transport, from, credentials } = this.smtp;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
    try {
      const info = (await transport.sendMail({ ...mail, from, signal: deadline })) as { messageId?: unknown; rejected?: unknown[] };
      const rejected = info.rejected ?? [];
      return {
        outcome: 'sent',
        providerMessageId: providerId(info.messageId),
        ...(rejected.length === 0 ? {} : { note: publicError(`The mail server refused these recipients: ${rejected.join(', ')}`) }),
      };
    } catch (error) {
      return refusal(error as SmtpError, credentials);
    }
  }
}

/** 5xx about the message is for good; wrong credentials, timeouts and closed connections are ours or the server's to mend. */
function refusal(error: SmtpError, credentials: readonly string[]): Delivery {
  const words = publicError(`The mail server did not take it: ${error.message}`, credentials);
  return error.permanent === true && error.code !== 'EAUTH' ? { outcome: 'refused', error: words } : { outcome: 'postponed', error: words };
}

function openTransport(url: string): Transporter {
  return createTransport({
    url,
    pool: true,
    requireTLS: requiresTls(url),
    maxConnections: CONNECTIONS,
    maxRequeues: 1,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    idleTimeout: IDLE_TIMEOUT_MS,
    // A message consists of text; nothing in it names a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** As parts, so that nothing parses the address again. */
const mailbox = (address: string): { name: string; address: string } => ({ name: '', address });

const domainOf = (address: string): string => /@([A-Za-z0-9.-]+)>?\s*$/.exec(address)?.[1] ?? 'localhost';
