import { IpAllowlist, normalizeIpEntry } from '../common';

/** One thing that an operator can set: what it means, what it is by default, and how its text is read. */
export interface Setting<T> {
  readonly description: string;
  /** As an operator would write it; `undefined` where there is none. */
  readonly fallback: string | undefined;
  /** What a right value looks like, for the message about a wrong one. */
  readonly expected: string;
  /** Never printed, not even when it is wrong. */
  readonly secret: boolean;
  /** @returns `undefined` where the text is not what was expected */
  readonly parse: (text: string) => T | undefined;
}

interface Words {
  readonly description: string;
}

export const text = <F extends string | undefined>(
  fallback: F,
  { description, expected = 'some text' }: Words & { expected?: string },
): Setting<string | F> => ({
  description,
  fallback,
  expected,
  secret: false,
  parse: (given) => given,
});

export const pattern = (fallback: string, shape: RegExp, { description, expected }: Words & { expected: string }): Setting<string> => ({
  description,
  fallback,
  expected,
  secret: false,
  parse: (given) => (shape.test(given) ? given : undefined),
});

export const integer = (fallback: number, least: number, most: number, { description }: Words): Setting<number> => ({
  description,
  fallback: String(fallback),
  expected: `a whole number from ${least} to ${most}`,
  secret: false,
  parse: (given) => {
    const value = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
    return value >= least && value <= most ? value : undefined;
  },
});

export const oneOf = <const T extends readonly string[]>(choices: T, fallback: T[number], { description }: Words): Setting<T[number]> => ({
  description,
  fallback,
  expected: `one of ${choices.join(', ')}`,
  secret: false,
  parse: (given) => choices.find((choice) => choice === given),
});

export const flag = (fallback: boolean, { description }: Words): Setting<boolean> => ({
  description,
  fallback: String(fallback),
  expected: 'true or false',
  secret: false,
  parse: (given) => (given === 'true' ? true : given === 'false' ? false : undefined),
});

export const url = <F extends string | undefined>(
  fallback: F,
  schemes: readonly string[],
  { description, secret = false, example }: Words & { secret?: boolean; example: string },
): Setting<string | F> => ({
  description,
  fallback,
  expected: `a URL such as ${example}`,
  secret,
  parse: (given) => (URL.canParse(given) && schemes.includes(new URL(given).protocol) ? given : undefined),
});

export const secret = ({ description }: Words): Setting<string | undefined> => ({
  description,
  fallback: undefined,
  expected: 'some text',
  secret: true,
  parse: (given) => given,
});

export const list = (
  fallback: string,
  { description, expected, each }: Words & { expected: string; each: (item: string) => boolean },
): Setting<readonly string[]> => ({
  description,
  fallback,
  expected,
  secret: false,
  parse: (given) => {
    const items = split(given);
    return items.every(each) ? items : undefined;
  },
});

export const cidrs = ({ description }: Words): Setting<IpAllowlist> => ({
  description,
  fallback: '',
  expected: 'IP addresses and CIDR blocks, separated by commas, such as 10.0.0.0/8,::1',
  secret: false,
  parse: (given) => {
    const entries = split(given).map(normalizeIpEntry);
    return entries.includes(undefined) ? undefined : new IpAllowlist(entries as string[]);
  },
});

export const split = (given: string): string[] =>
  given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
