import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';

import { escapeControls, RecentlyUsed } from '../common';
import { inTransaction } from '../persistence';
import { CALL_TERMS, CallTerm, type TermKind } from './call-log.entity';
import { insertNew } from './insert-new';

/** Where the call log is: a `DataSource` with `callEntities`, after `callMigrations`. */
export const CALL_DATABASE = Symbol('keystile:call-database');

/** Texts by what they stand for. */
export type Terms = Map<TermKind, Set<string>>;

/** The number of each term that was asked for. */
export interface TermNumbers {
  /** @throws Error for one that was not */
  of(kind: TermKind, value: string): number;
}

const MOST_REMEMBERED = 10_000;
const MOST_ASKED_AT_ONCE = 500;

/** The texts that call logs name by number. A term never changes, so what was read once holds for ever. */
@Injectable()
export class CallTerms {
  private readonly numbers = new Map<TermKind, RecentlyUsed<string, number>>();
  private readonly values = new RecentlyUsed<number, string>(MOST_REMEMBERED);

  constructor(@Inject(CALL_DATABASE) private readonly database: DataSource) {}

  /** The number of each of these terms; those that have none get one, which is the same whoever asks first. */
  async intern(terms: Terms): Promise<TermNumbers> {
    const known = new Map<TermKind, ReadonlyMap<string, number>>();
    for (const [kind, wanted] of terms) {
      const found = await this.numbersOf(kind, wanted);
      const missing = [...wanted].filter((value) => !found.has(value));
      if (missing.length > 0) {
        const rows = missing.map((value) => ({ kind, digest: digestOf(value), value: escapeControls(value) }));
        // Replicas that meet the same texts at once get in each other's way, and try again.
        await inTransaction(this.database, (manager) => insertNew(manager, CallTerm, rows));
        for (const [value, number] of await this.numbersOf(kind, missing)) found.set(value, number);
      }
      known.set(kind, found);
    }
    return {
      of: (kind, value) => {
        const number = known.get(kind)?.get(value);
        if (number === undefined) throw new Error(`The call log has no number for a ${kind}`);
        return number;
      },
    };
  }

  /** `undefined` for a text that no call ever had. */
  async find(kind: TermKind, value: string): Promise<number | undefined> {
    return (await this.numbersOf(kind, [value])).get(value);
  }

  /** What each of these numbers stands for. */
  async read(numbers: Iterable<number | null>): Promise<ReadonlyMap<number | null, string>> {
    const found = new Map<number | null, string>();
    const unknown: number[] = [];
    for (const number of new Set(numbers)) {
      const value = number === null ? undefined : this.values.get(number);
      if (value !== undefined) found.set(number, value);
      else if (number !== null) unknown.push(number);
    }
    for (const some of slices(unknown)) {
      const rows = await this.database.query<Array<{ number: number; value: string }>>(
        `SELECT number, value FROM ${CALL_TERMS} WHERE number IN (${marks(some)})`,
        some,
      );
      for (const { number, value } of rows) {
        this.values.set(number, value);
        found.set(number, value);
      }
    }
    return found;
  }

  private async numbersOf(kind: TermKind, values: Iterable<string>): Promise<Map<string, number>> {
    const remembered = this.numbers.get(kind) ?? new RecentlyUsed<string, number>(MOST_REMEMBERED);
    this.numbers.set(kind, remembered);
    const found = new Map<string, number>();
    const unknown = new Map<string, string>();
    for (const value of values) {
      const number = remembered.get(value);
      if (number !== undefined) found.set(value, number);
      else unknown.set(digestOf(value), value);
    }
    for (const digests of slices([...unknown.keys()])) {
      const rows = await this.database.query<Array<{ digest: string; number: number }>>(
        `SELECT digest, number FROM ${CALL_TERMS} WHERE kind = ? AND digest IN (${marks(digests)})`,
        [kind, ...digests],
      );
      for (const { digest, number } of rows) {
        const value = unknown.get(digest)!;
        remembered.set(value, number);
        found.set(value, number);
      }
    }
    return found;
  }
}

const digestOf = (value: string): string => createHash('sha256').update(value).digest('hex');
const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

function slices<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / MOST_ASKED_AT_ONCE);
  return Array.from({ length: count }, (_, i) => items.slice(i * MOST_ASKED_AT_ONCE, (i + 1) * MOST_ASKED_AT_ONCE));
}
