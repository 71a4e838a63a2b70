import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';

import { escapeControls, RecentlyUsed } from '../common';
import { CALL_TERMS, CallTerm, type TermKind } from './call-log.entity';
import { insertNew } from './insert-new';

/** Where the call log is: a `DataSource` with `callEntities`, after `callMigrations`. */
export const CALL_DATABASE = Symbol('keystile:call-database');

export interface Term {
  readonly kind: TermKind;
  readonly value: string;
}

/** The number of each term that was asked for. */
export interface TermNumbers {
  of(term: Term | null): number | null;
}

const MOST_REMEMBERED = 10_000;
const MOST_ASKED_AT_ONCE = 500;

/** The texts that call logs name by number. A term never changes, so what was read once holds for ever. */
@Injectable()
export class CallTerms {
  private readonly numbers = new RecentlyUsed<string, number>(MOST_REMEMBERED);
  private readonly values = new RecentlyUsed<number, string>(MOST_REMEMBERED);

  constructor(@Inject(CALL_DATABASE) private readonly database: DataSource) {}

  /** The number of each of these terms; those that have none get one, which is the same whoever asks first. */
  async intern(terms: readonly Term[]): Promise<TermNumbers> {
    const wanted = new Map(terms.map((term) => [nameOf(term), term]));
    const known = await this.numbersOf([...wanted.values()]);
    const missing = [...wanted].flatMap(([name, term]) => (known.has(name) ? [] : [term]));
    if (missing.length > 0) {
      const rows = missing.map(({ kind, value }) => ({ kind, digest: digestOf(value), value: escapeControls(value) }));
      await insertNew(this.database.manager, CallTerm, rows);
      for (const [name, number] of await this.numbersOf(missing)) known.set(name, number);
    }
    return {
      of: (term) => {
        if (term === null) return null;
        const number = known.get(nameOf(term));
        if (number === undefined) throw new Error(`The call log has no number for a ${term.kind}`);
        return number;
      },
    };
  }

  /** `undefined` for a text that no call ever had. */
  async find(kind: TermKind, value: string): Promise<number | undefined> {
    const term = { kind, value };
    return (await this.numbersOf([term])).get(nameOf(term));
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

  private async numbersOf(terms: readonly Term[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const unknown = new Map<TermKind, Map<string, string>>();
    for (const term of terms) {
      const name = nameOf(term);
      const number = this.numbers.get(name);
      if (number !== undefined) found.set(name, number);
      else getOrMake(unknown, term.kind, () => new Map()).set(digestOf(term.value), name);
    }
    for (const [kind, names] of unknown) {
      for (const digests of slices([...names.keys()])) {
        const rows = await this.database.query<Array<{ digest: string; number: number }>>(
          `SELECT digest, number FROM ${CALL_TERMS} WHERE kind = ? AND digest IN (${marks(digests)})`,
          [kind, ...digests],
        );
        for (const { digest, number } of rows) {
          this.numbers.set(names.get(digest)!, number);
          found.set(names.get(digest)!, number);
        }
      }
    }
    return found;
  }
}

const nameOf = ({ kind, value }: Term): string => `${kind}\n${value}`;
const digestOf = (value: string): string => createHash('sha256').update(value).digest('hex');
const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

function slices<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / MOST_ASKED_AT_ONCE);
  return Array.from({ length: count }, (_, i) => items.slice(i * MOST_ASKED_AT_ONCE, (i + 1) * MOST_ASKED_AT_ONCE));
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
