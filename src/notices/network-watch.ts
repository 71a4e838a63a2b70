import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, In, LessThan } from 'typeorm';

import { AuditTrail, type CallObserver, type StoredCall } from '../audit';
import { type Clock, CLOCK, RecentlyUsed } from '../common';
import { KeyWatch } from '../keys';
import { KEY_CONTACTS, type KeyContactDirectory } from '../organizations';
import { inTransaction } from '../persistence';
import { KeyNetwork } from './key-notice.entity';
import { networkOf } from './network';
import { type NamedKey, ownerOf, systemActor } from './notice-claims';
import { NoticeMailer, type Told } from './notice-mailer';
import { type WatchedCall, watchedCall } from './watched-call';

const DAY_MS = 24 * 3600 * 1000;
/** A key that is used from more networks than these within a month is used from everywhere: one more is no news. */
const MOST_NETWORKS = 50;
const FORGOTTEN_AFTER_MS = 30 * DAY_MS;
const MOST_REMEMBERED = 20_000;
const MOST_ASKED_AT_ONCE = 100;

/** Nothing was used: the key is dead, wherever it is tried. */
const DEAD: ReadonlySet<string | null> = new Set([
  'api_key_revoked',
  'api_key_disabled',
  'api_key_expired',
  'owner_inactive',
  'organization_suspended',
]);

/** A call from a network that this process has not seen the key in today. */
interface Use extends WatchedCall {
  readonly network: string;
}

/**
 * Tells when a live key is used from a network that it was never used from before (seed G13), also where the call is refused there.
 * The first network that lets it in is its home, and no news. Hears of calls once they are stored: no call waits for it.
 */
@Injectable()
export class NetworkWatch implements CallObserver {
  /** When a key was last looked up in a network. */
  private readonly seen = new RecentlyUsed<string, number>(MOST_REMEMBERED);

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly keys: KeyWatch,
    private readonly audit: AuditTrail,
    @Inject(KEY_CONTACTS) private readonly contacts: KeyContactDirectory,
    private readonly mailer: NoticeMailer,
  ) {}

  async callsStored(calls: readonly StoredCall[]): Promise<void> {
    const uses = this.usesToLookUp(calls);
    const told: Told[] = [];
    try {
      for (let i = 0; i < uses.length; i += MOST_ASKED_AT_ONCE) {
        for (const use of await this.unknown(uses.slice(i, i + MOST_ASKED_AT_ONCE))) {
          const key = await this.learn(use);
          this.remember(use);
          if (key) told.push(...(await this.newsOf(key, use)));
        }
      }
    } finally {
      this.mailer.post(told);
    }
  }

  /** The first call of each key in each network that this process does not remember. */
  private usesToLookUp(calls: readonly StoredCall[]): Use[] {
    const uses = new Map<string, Use>();
    const since = this.clock.now().getTime() - DAY_MS;
    for (const finished of calls) {
      const call = watchedCall(finished);
      const network = call && networkOf(call.ip);
      if (!network || DEAD.has(call.refusedWith)) continue;
      const use = { ...call, network };
      const name = nameOf(use);
      if (!uses.has(name) && (this.seen.get(name) ?? Number.NEGATIVE_INFINITY) <= since) uses.set(name, use);
    }
    return [...uses.values()];
  }

  /** Those that no replica has written down. The others are marked as in use. */
  private async unknown(uses: readonly Use[]): Promise<Use[]> {
    const { manager } = this.database;
    const rows = await manager.findBy(KeyNetwork, {
      keyId: In(uses.map(({ keyId }) => keyId)),
      network: In(uses.map(({ network }) => network)),
    });
    const known = new Map(rows.map((row) => [`${row.keyId} ${row.network}`, row.lastUsedAt]));
    const unknown: Use[] = [];
    for (const use of uses) {
      const { keyId, network, at } = use;
      const lastUsedAt = known.get(`${keyId} ${network}`);
      if (!lastUsedAt) {
        unknown.push(use);
        continue;
      }
      if (at.getTime() - lastUsedAt.getTime() >= DAY_MS)
        await manager.update(KeyNetwork, { keyId, network, lastUsedAt: LessThan(at) }, { lastUsedAt: at });
      this.remember(use);
    }
    return unknown;
  }

  /** @returns the key, where its use is news that nobody else tells */
  private async learn(use: Use): Promise<NamedKey | undefined> {
    const { keyId, network, at, refusedWith, requestId } = use;
    return inTransaction(this.database, async (manager) => {
      const key = await this.keys.lock(manager, keyId);
      const known = await manager.findBy(KeyNetwork, { keyId });
      const isKnown = known.some((one) => one.network === network);
      const isHome = known.length === 0;
      // Where its allowlist keeps it out it is not at home.
      if (!key || isKnown || (isHome && refusedWith === 'ip_not_allowed')) return undefined;
      if (!(await this.makeRoom(manager, keyId, known))) return undefined;
      await manager.insert(KeyNetwork, { keyId, network, firstUsedAt: at, lastUsedAt: at });
      if (isHome) return undefined;
      const prefix = await this.keys.prefixOf(manager, keyId);
      await this.audit.record(manager, {
        organizationId: key.organizationId,
        actor: systemActor(requestId),
        action: 'api_key.new_network',
        target: { type: 'api_key', id: keyId },
        ...(refusedWith === null ? {} : { after: { refusedWith } }),
        personal: { network },
      });
      return { ...key, prefix };
    });
  }

  /** @returns whether the key may have one network more */
  private async makeRoom(manager: EntityManager, keyId: string, known: readonly KeyNetwork[]): Promise<boolean> {
    if (known.length < MOST_NETWORKS) return true;
    const longAgo = new Date(this.clock.now().getTime() - FORGOTTEN_AFTER_MS);
    const { affected } = await manager.delete(KeyNetwork, { keyId, lastUsedAt: LessThan(longAgo) });
    return (affected ?? 0) > 0;
  }

  private async newsOf(key: NamedKey, { network, at, refusedWith }: Use): Promise<Told[]> {
    const contacts = await this.contacts.contactsOf(key.organizationId, ownerOf(key));
    const { name, prefix } = key;
    return contacts ? [{ contacts, news: { kind: 'new_network', name, prefix, network, at, refusedWith } }] : [];
  }

  private remember(use: Use): void {
    this.seen.set(nameOf(use), this.clock.now().getTime());
  }
}

/** What is kept out by the allowlist may come to be let in later. */
const nameOf = ({ keyId, network, refusedWith }: Use): string =>
  `${keyId} ${network}${refusedWith === 'ip_not_allowed' ? ' kept out' : ''}`;
