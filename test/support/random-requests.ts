import type { Answer, CallOptions, KeystileApp } from '../../src/testing';

/** Draws the same numbers for the same seed (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  below(end: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % end;
  }

  one<T>(...values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  isOneIn(times: number): boolean {
    return this.below(times) === 0;
  }
}

const WORDS = [
  'a',
  'A',
  'á',
  'Á',
  'ÁbCd',
  'abcd',
  'abcd ',
  ' abcd',
  'ß',
  'SS',
  'İ',
  'ı',
  'é',
  'e\u0301',
  '😀',
  '日本',
  '0',
  '1',
  '1e3',
  'null',
  'true',
  '',
  ' ',
  '%',
  '_',
  '%%',
  'lit%',
  'lit_',
  '\\',
  '\\%',
  "'",
  '"',
  "' OR 1=1 --",
  '1 OR 1=1',
  '; DROP TABLE x',
  '`',
  '--',
  '\u0000',
  '\t',
  '\u2028',
  'x'.repeat(64),
  'x'.repeat(101),
  'y'.repeat(300),
  '=1+1',
  '<b>',
  '{}',
  '[]',
  '-1',
  '0x10',
  '1.5',
  'NaN',
  '2026-01-15T10:00:00Z',
  '2026-02-30',
];
const SCOPES = ['api_key.read', 'api_key.create', 'call_log.read', 'send_sms', '*', 'api_key.*', 'no_such', 'Send_sms', 'send_sms '];
const ODD_IDS = [
  'undefined',
  '0',
  '1%20OR%201=1',
  '%25',
  '_',
  'key_',
  'KEY_01kf0hj080e0184g27mwhqnzdv',
  'key_01kf0hj080e0184g27mwhqnzdv',
  '%ff',
  '..%2fid',
];

/** Who asks: by their number, the same in both applications. */
export const ACTORS = 4;

export interface RandomRequest {
  readonly method: string;
  /** `{3}` stands for the third thing that was made. */
  readonly path: string;
  readonly body: unknown;
  readonly actor: number;
}

/** A request that may be anything between sound and absurd. */
export function randomRequest(dice: Dice, made: number): RandomRequest {
  const id = (): string => (made > 0 && !dice.isOneIn(5) ? `{${dice.below(made)}}` : dice.one(...ODD_IDS));
  const word = (): string => dice.one(...WORDS);
  const value = (): unknown => (dice.isOneIn(6) ? dice.one<unknown>(0, 1, true, null, [], {}, 1.5, [word()], { $ne: 1 }) : word());
  const query = (...names: readonly string[]): string => {
    const chosen = names.filter(() => dice.isOneIn(2)).map((name) => `${name}=${encodeURIComponent(word())}`);
    if (dice.isOneIn(2)) chosen.push(`limit=${dice.one('1', '2', '5', '100', '101', '0', '-1', '', 'NaN', '1.5', '0x10', '1e1')}`);
    if (dice.isOneIn(12)) chosen.push(`${dice.one('limit', 'order', 'where', 'cursor', 'q[]', 'q[$ne]')}=${encodeURIComponent(word())}`);
    return chosen.length > 0 ? `?${chosen.join('&')}` : '';
  };
  const some = (names: readonly string[], of: (name: string) => unknown): Record<string, unknown> =>
    Object.fromEntries(names.filter(() => dice.isOneIn(2)).map((name) => [name, of(name)]));
  const scopes = (): unknown => (dice.isOneIn(5) ? value() : SCOPES.filter(() => dice.isOneIn(4)));
  const keyBody = (): unknown => ({
    ...some(['name', 'description', 'expiresAt', 'environment', 'realm', 'id', 'ownerId', 'metadata'], value),
    ...(dice.isOneIn(3) ? {} : { name: dice.one('one', 'two', word()) }),
    ...(dice.isOneIn(3) ? { allowedIps: dice.one<unknown>(['10.0.0.0/8'], ['010.0.0.1'], [word()], word()) } : {}),
    scopes: scopes(),
  });
  const [method, path, body] = dice.one<() => readonly [string, string, unknown?]>(
    () => ['POST', '/v1/api-keys', keyBody()],
    () => ['POST', '/v1/api-keys', { name: word() || 'one', scopes: [dice.one('api_key.read', 'send_sms')] }],
    () => ['GET', `/v1/api-keys${query('q', 'status', 'environment', 'ownerId', 'sort')}`],
    () => ['GET', `/v1/api-keys?q=${encodeURIComponent(word())}`],
    () => ['GET', `/v1/api-keys/${id()}`],
    () => ['PATCH', `/v1/api-keys/${id()}`, keyBody()],
    () => [
      'POST',
      `/v1/api-keys/${id()}/${dice.one('rotate', 'revoke', 'disable', 'enable')}`,
      dice.isOneIn(3) ? some(['reason', 'overlapSeconds'], value) : {},
    ],
    () => ['POST', '/v1/roles', { name: word(), scopes: scopes() }],
    () => ['GET', `/v1/roles${query('q')}`],
    () => ['PATCH', `/v1/roles/${id()}`, some(['name', 'scopes'], (name) => (name === 'name' ? value() : scopes()))],
    () => ['DELETE', `/v1/roles/${id()}`],
    () => ['POST', '/v1/service-accounts', { name: word(), role: dice.one('developer', 'auditor', 'owner', word()) }],
    () => ['GET', `/v1/service-accounts${query('q')}`],
    () => ['DELETE', `/v1/service-accounts/${id()}`],
    () => [
      'POST',
      '/v1/invitations',
      { email: dice.one('a@example.com', 'A@Example.com', 'á@example.com', word()), role: dice.one('developer', word()) },
    ],
    () => ['GET', `/v1/invitations${query('status')}`],
    () => ['GET', `/v1/members${query('q', 'role')}`],
    () => ['PATCH', `/v1/organizations/current`, some(['name', 'maxKeyLifetimeDays', 'slug'], value)],
    () => ['GET', `/v1/audit-events${query('action', 'actorId', 'targetId', 'targetType', 'from', 'to')}`],
    () => [
      'GET',
      `/v1/audit-events?action=${dice.one('api_key.created', 'API_KEY.CREATED', 'role.created', encodeURIComponent(word() || 'x'))}&limit=5`,
    ],
    () => ['GET', '/v1/audit-events/verify'],
    () => ['GET', `/v1/call-logs${query('keyId', 'status', 'method', 'route', 'path', 'code', 'ip', 'from', 'to', 'q')}`],
    () => ['GET', `/v1/usage${query('interval', 'groupBy', 'timeZone', 'from', 'to')}`],
    () => ['GET', dice.one('/v1/whoami', '/v1/scopes', '/v1/api-keys/current', '/nowhere', '/v1/api-keys/%zz')],
    () => ['POST', '/v1/api-keys/verify', { key: word(), scopes: scopes() }],
    () => ['POST', '/v1/auth/login', { email: value(), password: value() }],
  )();
  return { method, path, body, actor: dice.below(ACTORS) };
}

/** One of the applications, with what was made in it. */
export class Twin {
  readonly made: string[] = [];
  private readonly names = new Map<string, string>();

  constructor(
    readonly app: KeystileApp,
    /** Their credentials, in one order. */
    private readonly actors: readonly (string | undefined)[],
  ) {}

  /** What was answered, with a name for everything that is drawn at random. */
  async ask({ method, path, body, actor }: RandomRequest): Promise<unknown> {
    const as = this.actors[actor];
    const filled = path.replace(/\{(\d+)\}/, (_all, number: string) => this.made[Number(number)]!);
    const options: CallOptions = { ...(as === undefined ? {} : { as }), ...(body === undefined ? {} : { body }) };
    const answer = await this.app.call(method, filled, options);
    if (answer.status === 201 && typeof answer.body['id'] === 'string') this.made.push(answer.body['id']);
    return this.plain(answer);
  }

  private plain({ status, text, headers }: Answer): unknown {
    const told = text
      .replace(RANDOM, (drawn) => this.nameOf(drawn))
      .replaceAll(/"(hash|previousHash|personalDigest|headHash|signature|nextCursor|token)":"[^"]*"/g, '"$1":"…"')
      .replaceAll(/"effectiveAfterMs":\d+/g, '"effectiveAfterMs":0');
    return [status, headers['content-type'], headers['etag'], headers['www-authenticate'], told];
  }

  private nameOf(drawn: string): string {
    const [kind = ''] = drawn.split(/[_-]/, 1);
    const known = this.names.get(drawn) ?? (kind === 'req' ? 'req' : `${kind}#${this.names.size}`);
    this.names.set(drawn, known);
    return known;
  }
}

const RANDOM = /\b(?:[a-z]{3,4}_[0-9a-hjkmnp-tv-z]{26}|ks_(?:live|test)_[0-9A-Za-z]{12}(?:_[0-9A-Za-z]+)?|ks[a-z]_[\w-]+|owner-\d+@)/g;
