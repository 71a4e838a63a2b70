import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

import { type KeyContacts, type Mail, type Mailer, MAILER } from '../organizations';
import { type KeyNews, mailAbout } from './notice-mail';
import { NOTICES_OPTIONS, type NoticesOptions } from './notices-options';

/** News about a key, and whom it concerns. */
export interface Told {
  readonly contacts: KeyContacts;
  readonly news: KeyNews;
}

const AT_ONCE = 5;
/** Beyond this many waiting mails a mail server is of no help. */
const MOST_WAITING = 1_000;
/** How long a stopping process waits for its mails. */
const PATIENCE_MS = 5_000;

/**
 * Mails news where a mail server is set: one mail for each person and kind, though there be many keys. A mail that cannot be sent
 * is logged and undoes nothing; what it said stands in the audit trail.
 */
@Injectable()
export class NoticeMailer implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Notices');
  private readonly waiting: Mail[] = [];
  private readonly underway = new Set<Promise<void>>();

  constructor(
    @Inject(MAILER) private readonly mailer: Mailer,
    @Inject(NOTICES_OPTIONS) private readonly options: NoticesOptions,
  ) {}

  /** Call it after the commit. Returns at once: nobody waits for a mail server. */
  post(told: readonly Told[]): void {
    if (!this.mailer.isConfigured) return;
    const { link } = this.options;
    const mails = lettersOf(told).map(({ to, organizationName, news }) => ({ to, ...mailAbout(news, organizationName, link) }));
    const room = MOST_WAITING - this.waiting.length;
    this.waiting.push(...mails.slice(0, room));
    if (mails.length > room) this.logger.error(`${mails.length - room} notices were not mailed: ${MOST_WAITING} are waiting already`);
    this.sendNext();
  }

  async beforeApplicationShutdown(): Promise<void> {
    const late = new AbortController();
    const patience = sleep(PATIENCE_MS, undefined, { signal: late.signal }).catch(() => undefined);
    await Promise.race([this.allSent(), patience]);
    late.abort();
    const left = this.waiting.length + this.underway.size;
    if (left > 0) this.logger.warn(`${left} notices were not mailed because the process is stopping`);
  }

  private async allSent(): Promise<void> {
    while (this.underway.size > 0) await Promise.race(this.underway);
  }

  private sendNext(): void {
    while (this.underway.size < AT_ONCE && this.waiting.length > 0) {
      const sending = this.send(this.waiting.shift()!).finally(() => {
        this.underway.delete(sending);
        this.sendNext();
      });
      this.underway.add(sending);
    }
  }

  private async send(mail: Mail): Promise<void> {
    try {
      await this.mailer.send(mail);
    } catch (error) {
      this.logger.warn(`A notice could not be mailed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

interface Letter {
  readonly to: string;
  readonly organizationName: string;
  readonly news: KeyNews[];
}

/** By reader, organization and kind of news. */
function lettersOf(told: readonly Told[]): Letter[] {
  const letters = new Map<string, Letter>();
  for (const { contacts, news } of told) {
    const { organizationId, organizationName } = contacts;
    for (const to of contacts.addresses) {
      const about = JSON.stringify([to, organizationId, news.kind]);
      const letter = letters.get(about);
      if (letter) letter.news.push(news);
      else letters.set(about, { to, organizationName, news: [news] });
    }
  }
  return [...letters.values()];
}
