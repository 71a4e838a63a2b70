import fc from 'fast-check';

import { compactScopes, covers, intersectScopes, isScopeName, isScopePattern, patternCovers } from './scope';

const segment = fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/);
const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.'));
const pattern = fc.oneof(
  name,
  fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join('.')}.*`),
  fc.constant('*'),
);

describe('scopes', () => {
  it.each([
    ['*', 'send_sms', true],
    ['*', 'client.*', true],
    ['client.*', 'client.read', true],
    ['client.*', 'client.read.all', true],
    ['client.*', 'client.read.*', true],
    ['client.*', 'client.*', true],
    ['client.*', 'client', false],
    ['client.*', 'clients.read', false],
    ['client.*', 'clientx', false],
    ['client.*', 'xclient.read', false],
    ['client.*', '*', false],
    ['client.read', 'client.read.all', false],
    ['client.read', 'client.*', false],
    ['send_sms', 'send_sms', true],
    ['send_sms', 'send_smss', false],
  ])('A07.2 %s covers %s: %s', (held, required, expected) => {
    expect(patternCovers(held, required)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    'A',
    'Send_sms',
    'send sms',
    ' send_sms',
    'send_sms ',
    'send_sms\n',
    '**',
    '*.*',
    '.*',
    '*.read',
    'client.*.read',
    'client.**',
    'client*',
    'client.',
    '.client',
    'client..read',
    'a.b.c.d.e',
    'a.b.c.d.e.*',
    '1client',
    '_client',
    'client-read',
    'client:read',
    'client/read',
    'client.read,client.write',
    '(a+)+$',
    'a*b',
    '?',
    '[a]',
    'ｓend',
    'sеnd_sms',
    'send\0',
    'null.',
    '*'.repeat(200),
    'a*'.repeat(12),
    'x'.repeat(33),
    `a.${'b'.repeat(99)}`,
    5,
    null,
    undefined,
    {},
    [],
    ['*'],
    [['*']],
    true,
  ])('A07.1 are never written like %p', (text) => {
    expect(isScopePattern(text)).toBe(false);
  });

  it('are named without wildcards by routes', () => {
    expect(isScopeName('client.read')).toBe(true);
    expect(isScopeName('client.*')).toBe(false);
    expect(isScopeName('*')).toBe(false);
  });

  it('shared by two holders are what both of them cover', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 6 }), fc.array(pattern, { maxLength: 6 }), name, (left, right, asked) => {
        expect(covers(intersectScopes(left, right), asked)).toBe(covers(left, asked) && covers(right, asked));
      }),
    );
  });

  it('mean the same when they are compacted', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 8 }), name, (scopes, asked) => {
        expect(covers(compactScopes(scopes), asked)).toBe(covers(scopes, asked));
      }),
    );
  });
});
