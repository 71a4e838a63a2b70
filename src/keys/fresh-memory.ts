import { hash } from 'node:crypto';

import { RecentlyUsed } from '../common';
import type { Freshness } from '../coordination';

/** Shared by everything that is remembered of an organization, so that it is forgotten in one step. */
interface Remembrance {
  isFresh: boolean;
}

interface Remembered<T> {
  readonly value: T;
  readonly of: Remembrance;
}

interface Reading<T> {
  readonly epoch: number;
  readonly value: Promise<T>;
}

/**
 * What has been read from the database, for as long as it is true: each answer belongs to an organization, and is forgotten when
 * something of that organization changes. Bounded; what is in use stays. What was read while something changed is not remembered.
 */
export class FreshMemory<T> {
  private readonly remembered: RecentlyUsed<string, Remembered<T>>;
  private readonly organizations = new Map<string, Remembrance>();
  private readonly readings = new Map<string, Reading<T>>();

  /**
   * @param most how many answers, and of how many organizations
   * @param organizationOf whose an answer is; `null` for one that is not to be remembered. Only what was proved belongs to anybody:
   * nobody fills this with credentials that do not exist.
   */
  constructor(
    private readonly freshness: Freshness,
    private readonly most: number,
    private readonly organizationOf: (value: T) => string | null,
  ) {
    this.remembered = new RecentlyUsed(most);
    freshness.onForget((organizationId) => this.forget(organizationId));
  }

  /** At once, without a promise; `undefined` where it has to be read. */
  get(name: string): T | undefined {
    const known = this.remembered.get(name);
    return known !== undefined && known.of.isFresh && this.freshness.isTrusted() ? known.value : undefined;
  }

  /** Reads it, and remembers it if it may. Those who ask at once share one reading; nobody shares one from before a change. */
  async read(name: string, read: () => Promise<T>): Promise<T> {
    if (!this.freshness.isTrusted()) return read();
    const { epoch } = this.freshness;
    const running = this.readings.get(name);
    if (running?.epoch === epoch) return running.value;
    const reading = { epoch, value: this.fill(name, epoch, read) };
    this.readings.set(name, reading);
    try {
      return await reading.value;
    } finally {
      if (this.readings.get(name) === reading) this.readings.delete(name);
    }
  }

  private async fill(name: string, epoch: number, read: () => Promise<T>): Promise<T> {
    const value = await read();
    const organizationId = this.organizationOf(value);
    if (organizationId !== null && this.freshness.epoch === epoch && this.freshness.isTrusted()) {
      this.remembered.set(name, { value, of: this.organization(organizationId) });
    }
    return value;
  }

  private organization(id: string): Remembrance {
    const known = this.organizations.get(id);
    if (known) return known;
    if (this.organizations.size >= this.most) this.forget(null);
    const organization = { isFresh: true };
    this.organizations.set(id, organization);
    return organization;
  }

  private forget(organizationId: string | null): void {
    if (organizationId === null) {
      for (const organization of this.organizations.values()) organization.isFresh = false;
      this.organizations.clear();
      this.remembered.clear();
      return;
    }
    const organization = this.organizations.get(organizationId);
    if (!organization) return;
    organization.isFresh = false;
    this.organizations.delete(organizationId);
  }
}

/** What a credential is remembered under: no memory holds its text. */
export const nameOf = (token: string): string => hash('sha256', token, 'binary');
