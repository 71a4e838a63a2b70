import { isIP } from 'node:net';

/** An address as a number with its family. IPv4-mapped IPv6 (`::ffff:192.0.2.1`) is the IPv4 address it stands for. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

interface IpRange extends IpAddress {
  /** How many low bits are free. */
  readonly freeBits: bigint;
}

const MAPPED = 0xffffn << 32n;
const V4_BITS = 32n;
const V6_BITS = 128n;

/** Reads strict dotted-quad or RFC 4291 text; no zone, port, octal or shortened form. */
export function parseIp(text: string): IpAddress | undefined {
  const family = text.includes('%') ? 0 : isIP(text);
  if (family === 4) return { family: 4, value: parseV4(text) };
  if (family !== 6) return undefined;
  const value = parseV6(text);
  return value >> 32n === MAPPED >> 32n ? { family: 4, value: value & 0xffffffffn } : { family: 6, value };
}

/** The one text of an address that is stored and compared: IPv4 dotted, IPv6 compressed lower case (RFC 5952). */
export function formatIp({ family, value }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  const zeros = longestRunOfZeros(groups);
  if (zeros.length < 2) return groups.join(':');
  return `${groups.slice(0, zeros.start).join(':')}::${groups.slice(zeros.start + zeros.length).join(':')}`;
}

/** The normal form of an address, or `undefined` where the text is none. */
export function normalizeIp(text: string): string | undefined {
  const address = parseIp(text);
  return address && formatIp(address);
}

/** Whose address it is, for limits: one IPv4 address, or the /64 that a subscriber has at least. What cannot be read is one group. */
export function addressGroup(text: string): string {
  const address = parseIp(text);
  if (!address || address.family === 4) return text;
  return `${formatIp({ family: 6, value: (address.value >> 64n) << 64n })}/64`;
}

/**
 * The normal form of an allowlist entry, an address or a CIDR block; `undefined` where it is neither.
 * Host bits of a block are cleared. A block of length zero is refused: it allows every address and says so nowhere.
 */
export function normalizeIpEntry(text: string): string | undefined {
  const range = parseRange(text);
  if (!range) return undefined;
  const bits = range.family === 4 ? V4_BITS : V6_BITS;
  const base = formatIp(range);
  return range.freeBits === 0n ? base : `${base}/${bits - range.freeBits}`;
}

/** A list of addresses and blocks, compiled once and asked often. An empty list allows every address. */
export class IpAllowlist {
  private readonly ranges: readonly IpRange[];

  /** @throws Error on an entry that is neither an address nor a block; entries are validated before they are stored. */
  constructor(entries: readonly string[]) {
    this.ranges = entries.map((entry) => {
      const range = parseRange(entry);
      if (!range) throw new Error('An IP allowlist holds an entry that is neither an address nor a CIDR block');
      return range;
    });
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0;
  }

  /** Whether every address of an entry, an address or a block, is on the list. */
  contains(entry: string): boolean {
    const inner = parseRange(entry);
    if (this.isEmpty || !inner) return this.isEmpty;
    return this.ranges.some(
      (range) =>
        range.family === inner.family &&
        range.freeBits >= inner.freeBits &&
        range.value >> range.freeBits === inner.value >> range.freeBits,
    );
  }

  /** An address that cannot be read is on no list. */
  allows(ip: string): boolean {
    return this.isEmpty || this.includes(ip);
  }

  includes(ip: string): boolean {
    const address = parseIp(ip);
    return (
      address !== undefined &&
      this.ranges.some((range) => range.family === address.family && range.value >> range.freeBits === address.value >> range.freeBits)
    );
  }
}

/** More hops than this are nobody's real proxy chain. */
const MOST_HOPS = 20;

/**
 * The caller's address: the peer, unless the peer is a trusted proxy; then the rightmost entry of `X-Forwarded-For` that is not
 * itself one. A chain that cannot be read gives `''`, an address that no allowlist holds.
 */
export function clientIp(peer: string | undefined, forwardedFor: string | undefined, trusted: IpAllowlist): string {
  const peerIp = normalizeIp(peer ?? '') ?? '';
  if (forwardedFor === undefined || trusted.isEmpty || !trusted.includes(peerIp)) return peerIp;
  const hops = forwardedFor.split(',').map((hop) => normalizeIp(hop.trim()));
  if (hops.length > MOST_HOPS) return '';
  for (const hop of hops.toReversed()) {
    if (hop === undefined) return '';
    if (!trusted.includes(hop)) return hop;
  }
  return hops[0] ?? '';
}

function parseRange(text: string): IpRange | undefined {
  const [base = '', length, ...rest] = text.split('/');
  const address = parseIp(base);
  if (!address || rest.length > 0) return undefined;
  const bits = address.family === 4 ? V4_BITS : V6_BITS;
  if (length === undefined) return { ...address, freeBits: 0n };
  if (!/^(0|[1-9][0-9]{0,2})$/.test(length)) return undefined;
  // A block written in IPv6 stays one, unless it lies wholly inside the mapped IPv4 block.
  const written = base.includes(':') ? V6_BITS : V4_BITS;
  const freeBits = written - BigInt(length);
  if (freeBits < 0n || freeBits >= bits) return undefined;
  return { ...address, value: (address.value >> freeBits) << freeBits, freeBits };
}

function parseV4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function parseV6(text: string): bigint {
  const withHexTail = text.replace(/(\d+\.\d+\.\d+\.\d+)$/, (v4) => {
    const value = parseV4(v4);
    return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  });
  const [head = '', tail] = withHexTail.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

function longestRunOfZeros(groups: readonly string[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
