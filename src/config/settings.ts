import { readFileSync } from 'node:fs';

import { cidrs, flag, integer, list, oneOf, pattern, secret, type Setting, text, url } from './setting';

/**
 * Everything an operator can set, with its default. Read once, at start, and nowhere else. Each setting `NAME` can also be
 * given as `NAME_FILE`, the path of a file that holds the value.
 */
export const SETTINGS = {
  NODE_ENV: oneOf(['development', 'production', 'test'], 'development', {
    description: 'In production, secrets have to be set; elsewhere missing ones are generated into DATA_DIR.',
  }),
  HOST: text('127.0.0.1', { description: 'The address to listen on. In a container: 0.0.0.0.' }),
  PORT: integer(3000, 0, 65_535, { description: 'The port to listen on; 0 takes any free one.' }),
  PUBLIC_URL: url(undefined, ['http:', 'https:'], {
    description: 'How people reach the service. Default: made from HOST and PORT. An https URL makes cookies Secure.',
    example: 'https://keys.example.com',
  }),
  DATA_DIR: text('./data', { description: 'Where the embedded database and generated secrets are kept.' }),
  DATABASE_URL: {
    ...url(undefined, ['mysql:', 'sqlite:'], {
      description: 'Where the data is. Default: an embedded SQLite database in DATA_DIR. MySQL and MariaDB both go by mysql://.',
      secret: true,
      example: 'mysql://user:password@host:3306/name or sqlite:path',
    }),
  },
  REDIS_URL: url(undefined, ['redis:', 'rediss:'], {
    description:
      'A Redis or Valkey that replicas share: changes reach the others sooner, and limits are counted together. Nothing in it has to last.',
    secret: true,
    example: 'redis://user:password@host:6379/0',
  }),
  REDIS_DEADLINE_MS: integer(20, 1, 1_000, {
    description: 'How long a call waits for Redis. Past it each replica counts limits by itself, until Redis answers again.',
  }),
  JOURNAL_DIR: text(undefined, {
    description: 'Where answered calls are kept until they are in the database. Default: the folder journal in DATA_DIR.',
  }),
  JOURNAL_MAX_BYTES: integer(1_073_741_824, 16_777_216, 999_999_999_999_999, {
    description: 'How large the journal may grow while the database cannot be written. Beyond that calls get 503.',
  }),
  CALL_LOG_SYNC: oneOf(['process', 'fsync'], 'process', {
    description: 'What an answered call survives: the end of the process, or (fsync) also that of the machine.',
  }),
  CALL_LOG_DRAIN: oneOf(['worker', 'inline'], 'worker', {
    description: 'What moves calls from the journal to the database: a thread of its own, or (inline) the one that answers calls.',
  }),
  REPLICA_ID: text(undefined, { description: 'The name of this replica in the completeness of the call log. Default: the host’s name.' }),
  TRUSTED_PROXIES: cidrs({ description: 'Proxies whose X-Forwarded-For is believed. Default: none.' }),
  CORS_ORIGINS: list('', {
    description: 'Origins of web pages that may call the API from a browser. Default: none.',
    expected: 'origins separated by commas, such as https://app.example.com',
    each: (item) => URL.canParse(item) && new URL(item).origin === item,
  }),
  KEY_PREFIX: pattern('ks', /^[a-z]{2,10}$/, {
    description: 'What new API keys begin with: ks gives ks_live_… and ks_test_….',
    expected: 'two to ten letters a-z',
  }),
  KEY_HASH: oneOf(['hmac-sha256', 'sha256'], 'hmac-sha256', {
    description: 'How the digest of a new key is made. sha256 does without the pepper.',
  }),
  IMPORTED_KEY_LOOKUP_LENGTH: integer(0, 0, 32, {
    description:
      'Accepts imported keys of other systems, whose forms differ: how many of their first characters they are found by (12, say). 0 accepts keys of our own form only.',
  }),
  KEY_PEPPERS: secret({
    description: 'Peppers of the key digests, id:base64 of at least 32 bytes, separated by commas; the first one is used for new keys.',
  }),
  JWT_SIGNING_KEYS: secret({
    description: 'A JSON array of private Ed25519 JWKs with a kid each; the first one signs, all of them verify.',
  }),
  AUDIT_SIGNING_KEYS: secret({
    description: 'A JSON array of private Ed25519 JWKs with a kid each: the first one signs audit checkpoints, all of them are published.',
  }),
  AUDIT_CHECKPOINT_INTERVAL_SECONDS: integer(3_600, 60, 86_400, {
    description: 'How often an audit chain that has grown is signed.',
  }),
  AUDIT_CHECKPOINT_FILE: text(undefined, { description: 'A file that every audit checkpoint is appended to, one JSON object a line.' }),
  AUDIT_CHECKPOINT_WEBHOOK: {
    ...url(undefined, ['http:', 'https:'], {
      description: 'Where every audit checkpoint is posted to: https, or http to this very machine.',
      example: 'https://audit.example.com/checkpoints',
    }),
    // It may have a password in it.
    secret: true,
    parse: (given: string) => (isPrivateChannel(given) ? given : undefined),
  },
  AUDIT_CHECKPOINT_WEBHOOK_SECRET: secret({ description: 'Signs what is posted to AUDIT_CHECKPOINT_WEBHOOK, by HMAC-SHA-256.' }),
  JWT_SOURCES: list('cookie,header', {
    description: 'Where access tokens of people are accepted.',
    expected: 'cookie, header or both, separated by a comma',
    each: (item) => item === 'cookie' || item === 'header',
  }),
  FAILED_AUTH_LIMIT: integer(200, 1, 1_000_000, {
    description: 'How many calls with a bad credential one address may make in ten seconds before its bad calls get 429.',
  }),
  DRAIN_SECONDS: integer(5, 0, 300, {
    description:
      'How long a process that is told to stop (SIGTERM) goes on answering while /health/ready says no. It ends sooner where nobody is connected.',
  }),
  SMTP_URL: url(undefined, ['smtp:', 'smtps:'], {
    description: 'The mail server. Without it e-mail stays in the outbox; invitations, password resets and notices are not mailed.',
    secret: true,
    example: 'smtp://user:password@mail.example.com:587',
  }),
  MAIL_FROM: text('Keystile <keystile@localhost>', { description: 'The sender of e-mail.' }),
  SMS_PROVIDER: oneOf(['outbox', 'twilio'], 'outbox', {
    description: 'How SMS leave: not at all (outbox), or by a Twilio-style messages API.',
  }),
  SMS_PROVIDER_URL: url('https://api.twilio.com', ['http:', 'https:'], {
    description: 'The base address of the SMS provider.',
    example: 'https://api.twilio.com',
  }),
  SMS_PROVIDER_ACCOUNT: text(undefined, { description: 'The account SID at the SMS provider.' }),
  SMS_PROVIDER_TOKEN: secret({ description: 'The auth token at the SMS provider.' }),
  SMS_PROVIDER_FROM: text(undefined, { description: 'The number that SMS are sent from, in E.164.' }),
  WHATSAPP_PROVIDER: oneOf(['outbox', 'cloud-api'], 'outbox', {
    description: 'How WhatsApp messages leave: not at all (outbox), or by the WhatsApp Cloud API.',
  }),
  WHATSAPP_PROVIDER_URL: url('https://graph.facebook.com/v23.0', ['http:', 'https:'], {
    description: 'The base address of the WhatsApp Cloud API, with its version.',
    example: 'https://graph.facebook.com/v23.0',
  }),
  WHATSAPP_PROVIDER_PHONE_ID: text(undefined, { description: 'The phone number id at the WhatsApp Cloud API.' }),
  WHATSAPP_PROVIDER_TOKEN: secret({ description: 'The access token at the WhatsApp Cloud API.' }),
  WHATSAPP_TEST_MESSAGE: text('This is a test message from Keystile.', { description: 'What POST /whatsapp/test sends.' }),
  METRICS_TOKEN: secret({
    description: 'If set, GET /metrics asks for it as a bearer token. Without it, only loopback addresses may read metrics.',
  }),
  LOG_LEVEL: oneOf(['error', 'warn', 'info', 'debug'], 'info', { description: 'What the service says about itself on standard output.' }),
  LOG_JSON: flag(false, { description: 'One JSON object a line instead of text for people. Always so in production.' }),
  RETENTION_CALL_LOGS_DAYS: integer(90, 1, 36_500, {
    description: 'How long call logs are kept where the organization says nothing else.',
  }),
  RETENTION_USAGE_DAYS: integer(730, 1, 36_500, { description: 'How long usage is kept where the organization says nothing else.' }),
} as const satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;

export type Settings = { readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends Setting<infer T> ? T : never };

export type Environment = Readonly<Record<string, string | undefined>>;

/** Values that people put where a secret should stand. */
const PLACEHOLDERS = new Set([
  'changeme',
  'change-me',
  'change_me',
  'secret',
  'password',
  'example',
  'placeholder',
  'todo',
  'xxx',
  'test',
  'default',
]);

/** What is wrong with the settings: each by its name with what was expected, never with the value of a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly faults: readonly string[]) {
    super(`The service cannot start with these settings:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/** @throws SettingsError naming every setting that is wrong */
export function readSettings(environment: Environment): Settings {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(SETTINGS) as Array<[SettingName, Setting<unknown>]>) {
    const given = readText(environment, name, faults) ?? setting.fallback;
    const value = given === undefined ? undefined : setting.parse(given);
    if (given !== undefined && value === undefined) {
      faults.push(`${name}: expected ${setting.expected}${setting.secret ? '' : `, got ${JSON.stringify(given)}`}`);
    }
    if (setting.secret && given !== undefined && isPlaceholder(given)) faults.push(`${name}: holds a placeholder, not a secret`);
    values[name] = value;
  }
  const settings = values as Settings;
  faults.push(...missingTogether(settings));
  if (faults.length > 0) throw new SettingsError(faults);
  return settings;
}

function readText(environment: Environment, name: SettingName, faults: string[]): string | undefined {
  const given = environment[name];
  const path = environment[`${name}_FILE`];
  if (given && path) faults.push(`${name}: set it or ${name}_FILE, not both`);
  if (!path) return given === '' ? undefined : given;
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    faults.push(`${name}_FILE: expected the path of a readable file`);
    return undefined;
  }
}

function isPlaceholder(value: string): boolean {
  return PLACEHOLDERS.has(value.toLowerCase().trim()) || /^(.)\1*$/.test(value);
}

/** Nobody on the way reads it, and it holds no password. */
function isPrivateChannel(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, hostname, username, password } = new URL(given);
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname);
  return username === '' && password === '' && (protocol === 'https:' || (protocol === 'http:' && isLoopback));
}

/** Settings that are of no use alone. */
function missingTogether(settings: Settings): string[] {
  const needs: ReadonlyArray<[boolean, string, readonly SettingName[]]> = [
    [
      settings.SMS_PROVIDER !== 'outbox',
      `SMS_PROVIDER=${settings.SMS_PROVIDER}`,
      ['SMS_PROVIDER_ACCOUNT', 'SMS_PROVIDER_TOKEN', 'SMS_PROVIDER_FROM'],
    ],
    [
      settings.WHATSAPP_PROVIDER !== 'outbox',
      `WHATSAPP_PROVIDER=${settings.WHATSAPP_PROVIDER}`,
      ['WHATSAPP_PROVIDER_PHONE_ID', 'WHATSAPP_PROVIDER_TOKEN'],
    ],
    [settings.NODE_ENV === 'production', 'NODE_ENV=production', ['KEY_PEPPERS', 'JWT_SIGNING_KEYS', 'AUDIT_SIGNING_KEYS']],
    [settings.AUDIT_CHECKPOINT_WEBHOOK !== undefined, 'AUDIT_CHECKPOINT_WEBHOOK is set', ['AUDIT_CHECKPOINT_WEBHOOK_SECRET']],
  ];
  return needs.flatMap(([active, because, names]) =>
    active ? names.filter((name) => settings[name] === undefined).map((name) => `${name}: expected a value, because ${because}`) : [],
  );
}
