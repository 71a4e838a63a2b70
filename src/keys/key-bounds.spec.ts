import { freerThan, type Restrictions } from './key-bounds';

const NONE: Restrictions = {
  allowedIps: [],
  allowedReferrers: [],
  allowedEndpoints: [],
  expiresAt: null,
  rateLimit: null,
  rateLimitWindowSeconds: null,
};
const aKey = (but: Partial<Restrictions> = {}): Restrictions => ({ ...NONE, ...but });
const at = (day: number): Date => new Date(Date.UTC(2026, 0, day));

describe('a key that makes a key', () => {
  it.each([
    { maker: aKey(), key: aKey(), freer: [] },
    { maker: aKey({ allowedIps: ['10.0.0.0/8'] }), key: aKey(), freer: ['allowedIps'] },
    { maker: aKey({ allowedIps: ['10.0.0.0/8'] }), key: aKey({ allowedIps: ['10.1.0.0/16', '10.2.3.4'] }), freer: [] },
    { maker: aKey({ allowedIps: ['10.0.0.0/8'] }), key: aKey({ allowedIps: ['10.1.0.0/16', '11.0.0.1'] }), freer: ['allowedIps'] },
    { maker: aKey({ allowedIps: ['10.1.0.0/16'] }), key: aKey({ allowedIps: ['10.0.0.0/8'] }), freer: ['allowedIps'] },
    { maker: aKey({ allowedIps: ['2001:db8::/32'] }), key: aKey({ allowedIps: ['2001:db8:1::/48'] }), freer: [] },
    {
      maker: aKey({ allowedReferrers: ['https://a.example'] }),
      key: aKey({ allowedReferrers: ['https://b.example'] }),
      freer: ['allowedReferrers'],
    },
    { maker: aKey({ allowedEndpoints: [{ method: 'GET', path: '/v1/*' }] }), key: aKey(), freer: ['allowedEndpoints'] },
    {
      maker: aKey({ allowedEndpoints: [{ method: 'GET', path: '/v1/*' }] }),
      key: aKey({ allowedEndpoints: [{ method: 'GET', path: '/v1/cards' }] }),
      freer: [],
    },
    {
      maker: aKey({ allowedEndpoints: [{ method: 'GET', path: '/v1/*' }] }),
      key: aKey({ allowedEndpoints: [{ method: '*', path: '/v1/cards' }] }),
      freer: ['allowedEndpoints'],
    },
    {
      maker: aKey({ allowedEndpoints: [{ method: 'GET', path: '/v1/cards' }] }),
      key: aKey({ allowedEndpoints: [{ method: 'GET', path: '/v1/*' }] }),
      freer: ['allowedEndpoints'],
    },
    { maker: aKey({ expiresAt: at(10) }), key: aKey(), freer: ['expiresAt'] },
    { maker: aKey({ expiresAt: at(10) }), key: aKey({ expiresAt: at(11) }), freer: ['expiresAt'] },
    { maker: aKey({ expiresAt: at(10) }), key: aKey({ expiresAt: at(10) }), freer: [] },
    { maker: aKey({ rateLimit: 10, rateLimitWindowSeconds: 60 }), key: aKey(), freer: ['rateLimit'] },
    { maker: aKey({ rateLimit: 10, rateLimitWindowSeconds: 60 }), key: aKey({ rateLimit: 10, rateLimitWindowSeconds: 60 }), freer: [] },
    {
      maker: aKey({ rateLimit: 10, rateLimitWindowSeconds: 60 }),
      key: aKey({ rateLimit: 10, rateLimitWindowSeconds: 30 }),
      freer: ['rateLimit'],
    },
    {
      maker: aKey({ rateLimit: 10, rateLimitWindowSeconds: 60 }),
      key: aKey({ rateLimit: 20, rateLimitWindowSeconds: 120 }),
      freer: ['rateLimit'],
    },
  ])('A06.3 with $maker makes $key: freer in $freer', ({ maker, key, freer }) => {
    expect(freerThan(maker, key)).toEqual(freer);
  });
});
