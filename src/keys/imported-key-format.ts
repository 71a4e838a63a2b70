import type { DrawnSecret, KeyFormat, ParsedToken } from './key-format';

const FORM = /^[A-Za-z0-9_-]{16,256}$/;

/**
 * Keys of whatever other systems issued, once they have been imported. Only recognized, never issued. Every text of this form
 * costs a look-up by its digest, an indexed one; failures are limited by address as all are. What begins like a key of our own
 * and is none, or like a JWT, is not looked up.
 */
export class ImportedKeyFormat implements KeyFormat {
  /** @param lookupLength how many characters imported keys with slow digests are found by */
  constructor(
    private readonly lookupLength: number,
    private readonly ownPrefix: string,
  ) {}

  draw(): DrawnSecret {
    throw new Error('This format recognizes keys of other systems and issues none');
  }

  parse(token: string): ParsedToken | undefined {
    if (!FORM.test(token) || token.startsWith('eyJ') || token.startsWith(`${this.ownPrefix}_`)) return undefined;
    const lookupId = token.slice(0, this.lookupLength);
    return { lookupId, prefix: lookupId };
  }
}
