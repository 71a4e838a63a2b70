import { createHmac, timingSafeEqual } from 'node:crypto';

import { invalidField } from './problem';

/** The place in a list after which the next page begins: its sort value and, to break ties, its id. */
export type PagePosition = readonly [sortValue: string | number, id: string | number];

/** One page of a list, newest first. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/**
 * Signs and reads cursors. A cursor is opaque and bound to `audience` (organization and list), so one made by another
 * organization, for another list, or changed by hand is refused.
 */
export class PageCursors {
  /** @param secrets the first signs, all are accepted, so that rotating the secret breaks nobody's page. */
  constructor(private readonly secrets: readonly Buffer[]) {}

  write(audience: string, position: PagePosition): string {
    const payload = Buffer.from(JSON.stringify(position)).toString('base64url');
    return `${payload}.${this.sign(this.secrets[0]!, audience, payload).toString('base64url')}`;
  }

  /** @throws Problem `validation_failed` */
  read(audience: string, cursor: string): PagePosition {
    const [payload = '', signature = ''] = cursor.split('.');
    const given = Buffer.from(signature, 'base64url');
    const genuine = this.secrets.some((secret) => {
      const expected = this.sign(secret, audience, payload);
      return expected.length === given.length && timingSafeEqual(expected, given);
    });
    // One cursor has one text: base64 leaves bits of its last character unread.
    const isCanonical = cursor === `${payload}.${given.toString('base64url')}`;
    if (!genuine || !isCanonical) throw invalidField('/cursor', 'is not a cursor of this list');
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as PagePosition;
  }

  /** Cuts a page out of `rows`, of which one more than `limit` was read in order to know whether there is more. */
  page<Row, View>(
    audience: string,
    rows: readonly Row[],
    limit: number,
    position: (row: Row) => PagePosition,
    view: (row: Row) => View,
  ): Page<View> {
    const shown = rows.slice(0, limit);
    const hasMore = rows.length > limit;
    return { data: shown.map(view), hasMore, nextCursor: hasMore ? this.write(audience, position(shown.at(-1)!)) : null };
  }

  private sign(secret: Buffer, audience: string, payload: string): Buffer {
    return createHmac('sha256', secret).update(`${audience}\n${payload}`).digest().subarray(0, 16);
  }
}
