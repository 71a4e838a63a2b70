import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { loadSecrets, newPeppers, newSigningKeys } from './secrets';
import { type Environment, readSettings, SETTINGS, SettingsError } from './settings';

const faultsOf = (environment: Environment): readonly string[] => {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
};

describe('settings', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keystile-settings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('need nothing', () => {
    expect(readSettings({})).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 3000,
      DATA_DIR: './data',
      KEY_PREFIX: 'ks',
      JWT_SOURCES: ['cookie', 'header'],
    });
  });

  it('each say what they are for, and have a default that they accept', () => {
    for (const [name, { description, expected, fallback, parse }] of Object.entries(SETTINGS)) {
      expect([name, description.length > 10, expected.length > 3]).toEqual([name, true, true]);
      if (fallback !== undefined) expect([name, (parse as (text: string) => unknown)(fallback)]).toEqual([name, expect.anything()]);
    }
  });

  it.each([
    ['PORT', '70000', 'a whole number from 0 to 65535'],
    ['PORT', '3000x', 'a whole number from 0 to 65535'],
    ['NODE_ENV', 'prod', 'one of development, production, test'],
    ['DATABASE_URL', 'postgres://x', 'mysql://'],
    ['PUBLIC_URL', 'example.com', 'a URL such as'],
    ['TRUSTED_PROXIES', '10.0.0.0/33', 'IP addresses and CIDR blocks'],
    ['TRUSTED_PROXIES', 'true', 'IP addresses and CIDR blocks'],
    ['KEY_PREFIX', 'KS_', 'two to ten letters'],
    ['KEY_HASH', 'md5', 'one of hmac-sha256, sha256'],
    ['JWT_SOURCES', 'query', 'cookie, header or both'],
    ['CORS_ORIGINS', '*', 'origins separated by commas'],
    ['LOG_JSON', 'yes', 'true or false'],
  ])('name %s=%s with what was expected', (name, value, expected) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: expected .*`))]);
    expect(faultsOf({ [name]: value })[0]).toContain(expected);
  });

  it('name every fault at once, and never show a secret', () => {
    const faults = faultsOf({
      PORT: 'x',
      DATABASE_URL: 'ftp://root:hunter2@db',
      SMTP_URL: 'hunter2',
      AUDIT_CHECKPOINT_WEBHOOK: 'http://me:hunter2@audit.example.com',
    });
    expect(faults).toHaveLength(4);
    expect(faults.join()).not.toContain('hunter2');
  });

  it('can each stand in a file', () => {
    const path = join(folder, 'port');
    writeFileSync(path, '4000\n');
    expect(readSettings({ PORT_FILE: path }).PORT).toBe(4000);
    expect(faultsOf({ PORT_FILE: path, PORT: '1' })).toEqual(['PORT: set it or PORT_FILE, not both']);
    expect(faultsOf({ PORT_FILE: join(folder, 'missing') })).toEqual(['PORT_FILE: expected the path of a readable file']);
  });

  it('A01.4 stop a production start without secrets, or with placeholders', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([
      'KEY_PEPPERS: expected a value, because NODE_ENV=production',
      'JWT_SIGNING_KEYS: expected a value, because NODE_ENV=production',
      'AUDIT_SIGNING_KEYS: expected a value, because NODE_ENV=production',
    ]);
    for (const placeholder of ['changeme', 'secret', 'xxxxxxxxxxxxxxxx', 'CHANGE_ME']) {
      expect(faultsOf({ KEY_PEPPERS: placeholder, METRICS_TOKEN: placeholder })).toHaveLength(2);
    }
    const secrets = { KEY_PEPPERS: newPeppers(), JWT_SIGNING_KEYS: newSigningKeys(), AUDIT_SIGNING_KEYS: newSigningKeys() };
    expect(faultsOf({ NODE_ENV: 'production', ...secrets })).toEqual([]);
  });

  it.each([
    ['https://audit.example.com/checkpoints', true],
    ['http://127.0.0.1:9000/', true],
    ['http://localhost/', true],
    ['http://[::1]:9000/', true],
    ['http://audit.example.com/', false],
    ['http://127.0.0.1.example.com/', false],
    ['https://user:password@audit.example.com/', false],
    ['ftp://audit.example.com/', false],
    ['audit.example.com', false],
  ])('A20.4: take %s as a webhook of checkpoints: %s', (AUDIT_CHECKPOINT_WEBHOOK, taken) => {
    expect(faultsOf({ AUDIT_CHECKPOINT_WEBHOOK, AUDIT_CHECKPOINT_WEBHOOK_SECRET: 'e0b1f1c5a7' })).toHaveLength(taken ? 0 : 1);
  });

  it('ask for the secret of a webhook', () => {
    expect(faultsOf({ AUDIT_CHECKPOINT_WEBHOOK: 'https://audit.example.com' })).toEqual([
      'AUDIT_CHECKPOINT_WEBHOOK_SECRET: expected a value, because AUDIT_CHECKPOINT_WEBHOOK is set',
    ]);
  });

  it('ask for what a provider needs', () => {
    expect(faultsOf({ SMS_PROVIDER: 'twilio' }).map((fault) => fault.split(':')[0])).toEqual([
      'SMS_PROVIDER_ACCOUNT',
      'SMS_PROVIDER_TOKEN',
      'SMS_PROVIDER_FROM',
    ]);
  });
});

describe('secrets', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keystile-secrets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are generated once, readable by their owner only', () => {
    const settings = readSettings({ DATA_DIR: join(folder, 'data') });
    const first = loadSecrets(settings);
    expect(loadSecrets(settings)).toMatchObject({ peppers: first.peppers, signingKeys: first.signingKeys });
    for (const name of ['key-peppers', 'jwt-signing-keys.json']) expect(statSync(join(folder, 'data', name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'data', 'key-peppers'), 'utf8')).toMatch(/^p\w+:[A-Za-z0-9+/]{43}=$/);
  });

  it.each([
    { KEY_PEPPERS: 'short:AAAA' },
    { KEY_PEPPERS: 'no-colon' },
    { KEY_PEPPERS: `a:${Buffer.alloc(32, 1).toString('base64')},a:${Buffer.alloc(32, 2).toString('base64')}` },
    { JWT_SIGNING_KEYS: '[]' },
    { JWT_SIGNING_KEYS: '{}' },
    { JWT_SIGNING_KEYS: 'not json' },
    { JWT_SIGNING_KEYS: '[{"kty":"oct","k":"c2VjcmV0","kid":"1"}]' },
  ] as Array<Record<string, string>>)('A01.4 are refused by name when they are weak or cannot be read: %j', (environment) => {
    const [name, value] = Object.entries(environment)[0]!;
    const load = () => loadSecrets(readSettings({ DATA_DIR: folder, ...environment }));
    expect(load).toThrow(name);
    expect(load).not.toThrow(value);
  });

  it('serve one purpose each', () => {
    const { derive } = loadSecrets(readSettings({ DATA_DIR: folder }));
    expect(derive('a')).toEqual(derive('a'));
    expect(derive('a')).not.toEqual(derive('b'));
  });
});
