import fc from 'fast-check';

import { addressGroup, clientIp, formatIp, IpAllowlist, normalizeIp, normalizeIpEntry, parseIp } from './ip';

describe('an IP allowlist', () => {
  it.each([
    { entry: '203.0.113.7', ip: '203.0.113.7', allows: true },
    { entry: '203.0.113.7', ip: '203.0.113.8', allows: false },
    { entry: '203.0.113.0/24', ip: '203.0.113.255', allows: true },
    { entry: '203.0.113.0/24', ip: '203.0.114.0', allows: false },
    { entry: '203.0.113.77/24', ip: '203.0.113.1', allows: true },
    { entry: '10.0.0.0/8', ip: '::ffff:10.1.2.3', allows: true },
    { entry: '::ffff:127.0.0.1', ip: '127.0.0.1', allows: true },
    { entry: '::ffff:127.0.0.0/104', ip: '127.9.9.9', allows: true },
    { entry: '127.0.0.1', ip: '::1', allows: false },
    { entry: '::1', ip: '127.0.0.1', allows: false },
    { entry: '::/8', ip: '127.0.0.1', allows: false },
    { entry: '126.0.0.0/8', ip: '127.0.0.1', allows: false },
    { entry: '2001:db8::/32', ip: '2001:db8:ffff::1', allows: true },
    { entry: '2001:db8::/32', ip: '2001:db9::1', allows: false },
    { entry: '2001:db8::1', ip: '2001:0DB8:0:0:0:0:0:1', allows: true },
    { entry: '203.0.113.7', ip: '', allows: false },
    { entry: '203.0.113.7', ip: '<script>', allows: false },
  ])('A12.4 of $entry answers $allows for $ip', ({ entry, ip, allows }) => {
    expect(new IpAllowlist([entry]).allows(ip)).toBe(allows);
  });

  it('T07 allows every address when it is empty, also one that cannot be read', () => {
    expect(new IpAllowlist([]).allows('203.0.113.7')).toBe(true);
    expect(new IpAllowlist([]).allows('')).toBe(true);
  });

  it.each([
    '',
    '*',
    '10.1',
    '10',
    '010.0.0.1',
    '0x0a.0.0.1',
    '10.0.0.256',
    '10.0.0.1/33',
    '10.0.0.1/-1',
    '10.0.0.1/',
    '10.0.0.1/08',
    '10.0.0.1/8/8',
    '10.0.0.1 ',
    ' 10.0.0.1',
    '10.0.0.1-10.0.0.9',
    '10.0.0.*',
    '1.2.3.4:80',
    '[::1]',
    '::1/129',
    'fe80::1%eth0',
    '::1%1',
    ':::',
    '1::2::3',
    '12345::',
    'localhost',
    '0.0.0.0/0',
    '::/0',
    '::ffff:0.0.0.0/96',
    '10.0.0.1/1e1',
    '１０.0.0.1',
    '10.0.0.1\0',
    '2001:db8::/',
    '/8',
    'null',
  ])('A12.3 refuses the entry %p', (entry) => {
    expect(normalizeIpEntry(entry)).toBeUndefined();
  });

  it('keeps entries in one form, so that equal ones are equal texts', () => {
    expect(normalizeIpEntry('2001:DB8:0:0::1')).toBe('2001:db8::1');
    expect(normalizeIpEntry('10.1.2.3/8')).toBe('10.0.0.0/8');
    expect(normalizeIpEntry('::ffff:10.1.2.3')).toBe('10.1.2.3');
    expect(normalizeIpEntry('10.1.2.3/32')).toBe('10.1.2.3');
  });

  it('reads back what it writes, for every address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = parseIp(text);
        expect(address).toBeDefined();
        expect(parseIp(formatIp(address!))).toEqual(address);
      }),
    );
  });

  it('holds an address in a block exactly when their first bits are equal', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 1, max: 32 }), (block, ip, length) => {
        const bits = (text: string): string =>
          text
            .split('.')
            .map((part) => Number(part).toString(2).padStart(8, '0'))
            .join('');
        const expected = bits(block).slice(0, length) === bits(ip).slice(0, length);
        expect(new IpAllowlist([`${block}/${length}`]).includes(ip)).toBe(expected);
      }),
    );
  });
});

describe('the address of a caller', () => {
  const proxies = new IpAllowlist(['127.0.0.1', '10.0.0.0/8']);

  it.each([
    { because: 'no proxy is trusted', peer: '198.51.100.1', forwarded: '203.0.113.7', trusted: new IpAllowlist([]), ip: '198.51.100.1' },
    { because: 'the peer is not a trusted proxy', peer: '198.51.100.1', forwarded: '203.0.113.7', trusted: proxies, ip: '198.51.100.1' },
    { because: 'the trusted proxy says so', peer: '127.0.0.1', forwarded: '203.0.113.7', trusted: proxies, ip: '203.0.113.7' },
    {
      because: 'the rightmost untrusted hop counts',
      peer: '127.0.0.1',
      forwarded: '203.0.113.7, 9.9.9.9',
      trusted: proxies,
      ip: '9.9.9.9',
    },
    { because: 'trusted hops are passed over', peer: '127.0.0.1', forwarded: '203.0.113.7, 10.1.1.1', trusted: proxies, ip: '203.0.113.7' },
    { because: 'the proxy sent nothing', peer: '127.0.0.1', forwarded: undefined, trusted: proxies, ip: '127.0.0.1' },
    { because: 'the chain cannot be read', peer: '127.0.0.1', forwarded: '203.0.113.7, <script>', trusted: proxies, ip: '' },
    { because: 'the chain is empty', peer: '127.0.0.1', forwarded: '', trusted: proxies, ip: '' },
    {
      because: 'the chain is longer than any real one',
      peer: '127.0.0.1',
      forwarded: Array(21).fill('203.0.113.7').join(),
      trusted: proxies,
      ip: '',
    },
    { because: 'every hop is a proxy', peer: '127.0.0.1', forwarded: '10.2.2.2, 10.1.1.1', trusted: proxies, ip: '10.2.2.2' },
    {
      because: 'a dual-stack socket shows IPv4 so',
      peer: '::ffff:198.51.100.1',
      forwarded: undefined,
      trusted: proxies,
      ip: '198.51.100.1',
    },
  ])('A12.2 is $ip when $because', ({ peer, forwarded, trusted, ip }) => {
    expect(clientIp(peer, forwarded, trusted)).toBe(ip);
    expect(normalizeIp(ip) ?? '').toBe(ip);
  });
});

describe('the group of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['', ''],
  ])('A14.3 of %s is %s', (ip, group) => {
    expect(addressGroup(ip)).toBe(group);
  });
});
