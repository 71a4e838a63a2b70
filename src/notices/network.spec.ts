import fc from 'fast-check';

import { IpAllowlist, normalizeIp } from '../common';
import { networkOf } from './network';

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['203.0.113.255', '203.0.113.0/24'],
    ['0.0.0.1', '0.0.0.0/24'],
    ['2001:db8:1:2::7', '2001:db8:1::/48'],
    ['2001:db8:1:ffff:ffff:ffff:ffff:ffff', '2001:db8:1::/48'],
    ['::1', '::/48'],
    ['', undefined],
    ['unknown', undefined],
    ['203.0.113.7/8', undefined],
  ])('of %s is %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });

  it('holds the address, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const ip = normalizeIp(text)!;
        expect(new IpAllowlist([networkOf(ip)!]).includes(ip)).toBe(true);
      }),
    );
  });
});
