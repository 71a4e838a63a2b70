import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { type Clock, CLOCK, Problem } from '../common';
import { type KeyPage, type KeyPlace, KeyWatch, type WatchedKey } from '../keys';
import { KEY_CONTACTS, type KeyContactDirectory } from '../organizations';
import { asProblem } from '../persistence';
import { DATE_NOTICES, type DateNotice } from './date-notices';
import { type NamedKey, NoticeClaims, ownerOf } from './notice-claims';
import type { KeyNews } from './notice-mail';
import { NoticeMailer, type Told } from './notice-mailer';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const EVERY_MS = 15 * MINUTE_MS;
/** A process that is restarted again and again gets there, too. */
const FIRST_AFTER_MS = MINUTE_MS;
/** How many keys a step looks at: one indexed read, and no wait for others on an embedded database. */
const PAGE = 200;
/** Greater than any id: a walk begins after its date. */
const AFTER_ALL_IDS = '~';

/** Where keys accumulate, most runs look at the latest only, and one a day at all of them. */
const SWEEP_EVERY_MS = 24 * HOUR_MS;
const LATEST_MS = 48 * HOUR_MS;

/** Looks every quarter of an hour for keys that expire soon and for secrets that are due for rotation, and tells of them. */
@Injectable()
export class NoticeJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Notices');
  private readonly timers: NodeJS.Timeout[] = [];
  private running: Promise<number> | undefined;
  private isStopping = false;
  private sweptAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly keys: KeyWatch,
    @Inject(KEY_CONTACTS) private readonly contacts: KeyContactDirectory,
    private readonly claims: NoticeClaims,
    private readonly mailer: NoticeMailer,
  ) {}

  onApplicationBootstrap(): void {
    this.timers.push(setTimeout(() => void this.work(), FIRST_AFTER_MS).unref(), setInterval(() => void this.work(), EVERY_MS).unref());
  }

  /** The key at hand is finished, the rest is left to the next run. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    for (const timer of this.timers) clearTimeout(timer);
    await this.running?.catch(() => undefined);
  }

  /** Works through everything that is due. Returns how many notices this process gave. */
  runOnce(): Promise<number> {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async work(): Promise<void> {
    try {
      await this.runOnce();
    } catch (error) {
      this.logger.warn(`Notices about keys could not be given; trying again in a quarter of an hour: ${String(error)}`);
    }
  }

  private async run(): Promise<number> {
    const now = this.clock.now();
    const isSweep = now.getTime() - this.sweptAt >= SWEEP_EVERY_MS;
    let given = 0;
    for (const notice of DATE_NOTICES) given += await this.walk(notice, now, isSweep);
    if (isSweep && !this.isStopping) this.sweptAt = now.getTime();
    return given;
  }

  private async walk(notice: DateNotice, now: Date, isSweep: boolean): Promise<number> {
    const { after, until } = notice.window(now);
    const begin = notice.accumulates && !isSweep ? new Date(until.getTime() - LATEST_MS) : after;
    let place: KeyPlace | undefined = { at: begin, id: AFTER_ALL_IDS };
    let given = 0;
    while (place && !this.isStopping) {
      const { keys, next }: KeyPage = await this.keys.pageBy(notice.date, place, until, PAGE);
      given += await this.tell(notice, await this.claims.due(notice, keys));
      place = next;
      // An embedded database answers within the turn: without this, nothing else would have one until the end.
      await nextTurn();
    }
    return given;
  }

  private async tell(notice: DateNotice, due: readonly WatchedKey[]): Promise<number> {
    const told: Told[] = [];
    try {
      for (const key of due) {
        if (this.isStopping) break;
        const one = await this.giveOne(notice, key);
        if (one) told.push(one);
        await nextTurn();
      }
    } finally {
      // Also when the database is lost half way: what was claimed is not told again.
      this.mailer.post(told);
    }
    return told.length;
  }

  /** A key that cannot be told of does not keep the others from it; a database that is away does. */
  private async giveOne(notice: DateNotice, key: WatchedKey): Promise<Told | undefined> {
    try {
      const contacts = await this.contacts.contactsOf(key.organizationId, ownerOf(key));
      const named = contacts && (await this.claims.give(notice, key.id));
      return named && { contacts, news: newsOf(notice, named) };
    } catch (error) {
      const problem = asProblem(error);
      if (problem instanceof Problem) throw problem;
      this.logger.warn(`${notice.action} could not be told of ${key.id}; trying again with the next run: ${String(error)}`);
      return undefined;
    }
  }
}

function newsOf({ action }: DateNotice, { name, prefix, expiresAt, secretIssuedAt }: NamedKey): KeyNews {
  return action === 'api_key.expiry_near'
    ? { kind: 'expiry_near', name, prefix, expiresAt: expiresAt! }
    : { kind: 'rotation_due', name, prefix, secretIssuedAt };
}
