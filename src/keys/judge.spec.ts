import { IpAllowlist } from '../common';
import {
  type CallFacts,
  endpointAllowed,
  isReferrerEntry,
  judge,
  judgeAll,
  type JudgedKey,
  type JudgedStanding,
  referrerAllowed,
} from './judge';

const NOW = new Date('2026-01-15T10:00:00.000Z');
const YESTERDAY = new Date('2026-01-14T10:00:00.000Z');
const TOMORROW = new Date('2026-01-16T10:00:00.000Z');

const aKey = (but: Partial<JudgedKey> = {}): JudgedKey => ({
  revokedAt: null,
  disabledAt: null,
  expiresAt: null,
  environment: 'live',
  allowedIps: new IpAllowlist([]),
  allowedReferrers: [],
  allowedEndpoints: [],
  credentialState: 'active',
  credentialRetiresAt: null,
  ...but,
});
const aStanding = (but: Partial<JudgedStanding> = {}): JudgedStanding => ({ isActive: true, organizationStatus: 'active', ...but });
const FACTS: CallFacts = { ip: '203.0.113.7', referrer: null, method: 'GET', path: '/v1/cards' };

describe('the decision on a key', () => {
  it.each([
    { because: 'nothing speaks against it', key: aKey(), code: null },
    { because: 'it was revoked', key: aKey({ revokedAt: YESTERDAY }), code: 'api_key_revoked' },
    { because: 'its secret was replaced', key: aKey({ credentialState: 'retired' }), code: 'api_key_revoked' },
    { because: 'the overlap goes on', key: aKey({ credentialState: 'retiring', credentialRetiresAt: TOMORROW }), code: null },
    {
      because: 'the overlap ends at this very instant',
      key: aKey({ credentialState: 'retiring', credentialRetiresAt: NOW }),
      code: 'api_key_revoked',
    },
    { because: 'it is disabled', key: aKey({ disabledAt: YESTERDAY }), code: 'api_key_disabled' },
    { because: 'it expires at this very instant', key: aKey({ expiresAt: NOW }), code: 'api_key_expired' },
    { because: 'it expires tomorrow', key: aKey({ expiresAt: TOMORROW }), code: null },
    { because: 'its owner is gone', key: aKey(), standing: aStanding({ isActive: false }), code: 'owner_inactive' },
    { because: 'the organization is deleted', key: aKey(), standing: aStanding({ organizationStatus: 'deleted' }), code: 'owner_inactive' },
    {
      because: 'the organization is suspended',
      key: aKey(),
      standing: aStanding({ organizationStatus: 'suspended' }),
      code: 'organization_suspended',
    },
    {
      because: 'a test key meets a live-only route',
      key: aKey({ environment: 'test' }),
      facts: { liveOnly: true },
      code: 'wrong_environment',
    },
    { because: 'a live key meets a live-only route', key: aKey(), facts: { liveOnly: true }, code: null },
    { because: 'the caller is elsewhere', key: aKey({ allowedIps: new IpAllowlist(['198.51.100.1']) }), code: 'ip_not_allowed' },
    {
      because: 'the caller has no readable address',
      key: aKey({ allowedIps: new IpAllowlist(['198.51.100.1']) }),
      facts: { ip: '' },
      code: 'ip_not_allowed',
    },
    {
      because: 'the page is another one',
      key: aKey({ allowedReferrers: ['https://app.example.com'] }),
      facts: { referrer: 'https://evil.example' },
      code: 'referrer_not_allowed',
    },
    {
      because: 'the endpoint is another one',
      key: aKey({ allowedEndpoints: [{ method: 'POST', path: '/sms' }] }),
      code: 'endpoint_not_allowed',
    },
  ])('is $code because $because', ({ key, standing = aStanding(), facts = {}, code }) => {
    expect(judge(key, standing, { ...FACTS, ...facts }, NOW)).toBe(code);
  });

  it('speaks in the order of the contract', () => {
    const worst = aKey({
      revokedAt: YESTERDAY,
      disabledAt: YESTERDAY,
      expiresAt: YESTERDAY,
      environment: 'test',
      allowedIps: new IpAllowlist(['198.51.100.1']),
      allowedReferrers: ['https://app.example.com'],
      allowedEndpoints: [{ method: 'POST', path: '/sms' }],
    });
    expect(judgeAll(worst, { isActive: false, organizationStatus: 'suspended' }, { ...FACTS, liveOnly: true }, NOW)).toEqual([
      'api_key_revoked',
      'api_key_disabled',
      'api_key_expired',
      'owner_inactive',
      'organization_suspended',
      'wrong_environment',
      'ip_not_allowed',
      'referrer_not_allowed',
      'endpoint_not_allowed',
    ]);
  });
});

describe('referrers', () => {
  it.each([
    ['https://app.example.com', 'https://app.example.com/any/page?x=1', true],
    ['https://app.example.com', 'http://app.example.com/', false],
    ['https://app.example.com', 'https://app.example.com.evil.example/', false],
    ['https://app.example.com', 'https://app.example.com@evil.example/', false],
    ['https://app.example.com', 'https://app.example.com:8443/', false],
    ['https://app.example.com:8443', 'https://app.example.com:8443/', true],
    ['https://*.example.com', 'https://a.b.example.com/', true],
    ['https://*.example.com', 'https://example.com/', false],
    ['https://*.example.com', 'https://evilexample.com/', false],
    ['https://app.example.com/shop', 'https://app.example.com/shop/cart', true],
    ['https://app.example.com/shop', 'https://app.example.com/shopping', false],
    ['https://app.example.com', 'not a url', false],
  ])('of %s and %s: %s', (entry, referrer, expected) => {
    expect(referrerAllowed([entry], referrer)).toBe(expected);
  });

  it('G15 allow a call without one only where none is asked for', () => {
    expect(referrerAllowed([], null)).toBe(true);
    expect(referrerAllowed(['https://app.example.com'], null)).toBe(false);
  });

  it.each([
    'app.example.com',
    '*',
    'https://*',
    'https://',
    'ftp://a.example',
    'https://a.example/*',
    'https://*.*.example',
    'javascript:alert(1)',
    'https://A.example',
    5,
    null,
  ])('are never written like %p', (entry) => {
    expect(isReferrerEntry(entry)).toBe(false);
  });
});

describe('endpoints', () => {
  it.each([
    [{ method: 'GET', path: '/v1/cards' }, 'GET', '/v1/cards', true],
    [{ method: 'GET', path: '/v1/cards' }, 'HEAD', '/v1/cards', true],
    [{ method: 'GET', path: '/v1/cards' }, 'POST', '/v1/cards', false],
    [{ method: 'GET', path: '/v1/cards' }, 'GET', '/v1/cards/1', false],
    [{ method: 'GET', path: '/v1/cards/*' }, 'GET', '/v1/cards/1', true],
    [{ method: 'GET', path: '/v1/cards/*' }, 'GET', '/v1/cardsx', false],
    [{ method: '*', path: '/v1/*' }, 'DELETE', '/v1/cards/1', true],
    [{ method: '*', path: '*' }, 'DELETE', '/sms', true],
    [{ method: 'POST', path: '/sms' }, 'POST', '/s%6ds', false],
    [{ method: 'POST', path: '/sms' }, 'POST', '/SMS', false],
  ])('%p for %s %s: %s', (entry, method, path, expected) => {
    expect(endpointAllowed([entry], method, path)).toBe(expected);
  });
});
