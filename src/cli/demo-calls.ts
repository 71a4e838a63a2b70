import { CallIds, type FinishedCall, requestIdOf } from '../audit';
import { DEFAULT_REALM, type Environment, PROBLEMS, type ProblemCode, type Suspect } from '../common';
import type { DemoChance } from './demo-chance';
import type { DemoTraffic } from './demo-keys';

/** A key of the demo as far as its story has come. Times are milliseconds. */
export interface CallingKey {
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
  readonly userId: string | null;
  readonly environment: Environment;
  readonly expiresAt: number;
  readonly traffic: DemoTraffic;
  /** Its secrets, newest last. */
  readonly secrets: Array<{ readonly prefix: string; readonly since: number; until: number }>;
  disabledAt: number;
  revokedAt: number;
}

/** Somebody who looks at the dashboard. */
export interface CallingPerson {
  readonly userId: string;
  readonly organizationId: string;
  readonly ip: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How much of a day falls into each of its hours, and how a weekend is against a working day. */
const RHYTHMS: Readonly<Record<DemoTraffic['rhythm'], { readonly hours: readonly number[]; readonly weekend: number }>> = {
  office: { hours: [0, 0, 0, 0, 0, 1, 3, 8, 14, 16, 15, 11, 8, 13, 15, 14, 11, 6, 3, 1, 1, 0, 0, 0], weekend: 0.08 },
  consumers: { hours: [3, 2, 1, 1, 1, 2, 4, 6, 8, 9, 10, 11, 12, 11, 10, 10, 11, 13, 15, 17, 18, 15, 10, 6], weekend: 1.25 },
  nightly: { hours: [2, 4, 40, 30, 9, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2], weekend: 0.9 },
  steady: { hours: Array.from({ length: 24 }, () => 1), weekend: 0.85 },
};

interface Action {
  readonly method: string;
  readonly route: string;
  readonly scopes: readonly string[];
  readonly status: number;
  readonly milliseconds: number;
  readonly bytes: number;
}

const ACTIONS: Readonly<Record<DemoTraffic['does'][number], Action>> = {
  sms: { method: 'POST', route: '/sms', scopes: ['send_sms'], status: 202, milliseconds: 6, bytes: 68 },
  email: { method: 'POST', route: '/email', scopes: ['send_email'], status: 202, milliseconds: 8, bytes: 68 },
  whatsapp: { method: 'POST', route: '/whatsapp', scopes: ['send_whatsapp'], status: 202, milliseconds: 13, bytes: 68 },
  messages: { method: 'GET', route: '/messages', scopes: [], status: 200, milliseconds: 4, bytes: 5_200 },
  verify: { method: 'POST', route: '/v1/api-keys/verify', scopes: ['api_key.verify'], status: 200, milliseconds: 2, bytes: 410 },
  logs: { method: 'GET', route: '/v1/call-logs', scopes: ['call_log.read'], status: 200, milliseconds: 21, bytes: 31_000 },
};

const STRANGERS: ReadonlyArray<readonly [path: string, route: string | null, code: ProblemCode]> = [
  ['/.env', null, 'not_found'],
  ['/wp-login.php', null, 'not_found'],
  ['/v1/whoami', '/v1/whoami', 'missing_credentials'],
  ['/email', '/email', 'invalid_api_key'],
];

/** Makes up who called what, hour by hour, as people and programs do: by day and by night, with trouble now and then. */
export class DemoCalls {
  private readonly ids = new CallIds();

  /** @param volume how many calls a `perDay` of 1 stands for */
  constructor(
    private readonly chance: DemoChance,
    private readonly today: number,
    private readonly volume: number,
  ) {}

  /** The share of `volume` that falls on a day of the week on the average. */
  static perDay({ perDay, rhythm }: DemoTraffic): number {
    return (perDay * (5 + 2 * RHYTHMS[rhythm].weekend)) / 7;
  }

  /** In the order in which they happened. */
  within(from: number, to: number, keys: readonly CallingKey[], people: readonly CallingPerson[]): FinishedCall[] {
    const calls: Array<Omit<FinishedCall, 'id' | 'tail' | 'requestId'>> = [];
    for (let start = from; start < to; start += HOUR_MS) {
      const end = Math.min(to, start + HOUR_MS);
      for (const key of keys) {
        const times = this.chance.count(((this.expected(key.traffic, start) * (end - start)) / HOUR_MS) * this.volume);
        for (let i = 0; i < times; i++) {
          const call = this.callOf(key, keys, this.timeIn(start, end));
          if (call) calls.push(call);
        }
      }
      for (const person of people)
        if (this.chance.happens(officeHours(start) * 0.6)) calls.push(this.glance(person, this.timeIn(start, end)));
      if (this.chance.happens(0.4)) calls.push(this.stranger(this.timeIn(start, end)));
    }
    return calls
      .toSorted((a, b) => a.at.getTime() - b.at.getTime())
      .map((call) => {
        const id = this.ids.next(call.at);
        return { ...call, ...id, requestId: requestIdOf(id) };
      });
  }

  private timeIn(start: number, end: number): number {
    return start + Math.floor(this.chance.next() * (end - start));
  }

  private expected({ perDay, rhythm }: DemoTraffic, time: number): number {
    const { hours, weekend } = RHYTHMS[rhythm];
    const date = new Date(time);
    const all = hours.reduce((sum, share) => sum + share, 0);
    const isWeekend = date.getUTCDay() % 6 === 0;
    return (perDay * (isWeekend ? weekend : 1) * hours[date.getUTCHours()]!) / all;
  }

  /** Whoever has an ended key goes on for a while, and then no more. */
  private callOf(key: CallingKey, keys: readonly CallingKey[], at: number): Omit<FinishedCall, 'id' | 'tail' | 'requestId'> | null {
    const secrets = key.secrets.filter(({ since }) => since <= at);
    if (secrets.length === 0) return null;
    const ended = Math.min(key.disabledAt, key.revokedAt, key.expiresAt);
    if (at >= ended && !this.chance.happens(0.25 * 0.5 ** ((at - ended) / DAY_MS))) return null;
    // The old secret is in use until the last program has the new one.
    const newest = secrets.at(-1)!;
    const secret = secrets.findLast(({ until }) => until > at && this.chance.happens(0.6)) ?? newest;
    const caller: Suspect = {
      type: 'api_key',
      id: key.id,
      organizationId: key.organizationId,
      userId: key.userId,
      environment: key.environment,
      credentialPrefix: secret.prefix,
      keyName: key.name,
      realm: DEFAULT_REALM,
    };
    const { does, from, agent } = key.traffic;
    const action = ACTIONS[this.chance.pick(does)];
    const code = this.refusal(key, at);
    const isStrange = code === 'ip_not_allowed';
    const verified = action === ACTIONS.verify && code === null ? this.chance.pick(keys) : null;
    const call = this.finished(at, action, code, {
      ip: isStrange ? '185.0.2.77' : this.chance.pick(from),
      userAgent: isStrange ? 'python-urllib/3.11' : agent,
      referrer: agent.startsWith('Mozilla')
        ? code === 'referrer_not_allowed'
          ? 'https://copycat.example'
          : 'https://shop.acme.example/checkout'
        : null,
      caller,
      subjectKeyId: verified?.id ?? null,
    });
    return verified ? { ...call, code: endOf(verified, at) } : call;
  }

  private refusal(key: CallingKey, at: number): ProblemCode | null {
    const end = endOf(key, at);
    if (end) return end;
    for (const { code, share, daysAgo } of key.traffic.trouble ?? []) {
      const isThen = !daysAgo || (at >= this.today - daysAgo[0] * DAY_MS && at < this.today - daysAgo[1] * DAY_MS);
      if (isThen && this.chance.happens(share)) return code as ProblemCode;
    }
    return this.chance.happens(0.0006) ? 'internal_error' : null;
  }

  private glance({ userId, organizationId, ip }: CallingPerson, at: number): Omit<FinishedCall, 'id' | 'tail' | 'requestId'> {
    const caller: Suspect = {
      type: 'user',
      id: userId,
      organizationId,
      userId,
      environment: 'live',
      credentialPrefix: null,
      keyName: null,
      realm: DEFAULT_REALM,
    };
    return this.finished(at, ACTIONS.logs, null, {
      ip,
      userAgent: 'Mozilla/5.0 (Macintosh) Firefox/144.0',
      referrer: null,
      caller,
      subjectKeyId: null,
    });
  }

  private stranger(at: number): Omit<FinishedCall, 'id' | 'tail' | 'requestId'> {
    const [path, route, code] = this.chance.pick(STRANGERS);
    const call = this.finished(at, { ...ACTIONS.messages, route: route ?? path }, code, {
      ip: `185.0.2.${Math.floor(this.chance.next() * 250)}`,
      userAgent: 'curl/8.14.1',
      referrer: null,
      caller: null,
      subjectKeyId: null,
    });
    return { ...call, path, route };
  }

  private finished(
    at: number,
    action: Action,
    code: ProblemCode | null,
    { caller, ...rest }: Pick<FinishedCall, 'ip' | 'userAgent' | 'referrer' | 'subjectKeyId'> & { readonly caller: Suspect | null },
  ): Omit<FinishedCall, 'id' | 'tail' | 'requestId'> {
    // Most refusals are quick; what is out of order takes its time.
    const expected = code === null ? action.milliseconds : code === 'unavailable' ? 900 : code === 'internal_error' ? 40 : 1.2;
    const milliseconds = expected * Math.exp(0.45 * this.chance.normal()) * (this.chance.happens(0.004) ? 12 : 1);
    return {
      ...rest,
      at: new Date(at),
      method: action.method,
      path: action.route,
      route: action.route,
      inboundRequestId: null,
      requiredScopes: action.scopes,
      principal: code === null || !isByTheGate(code) ? caller : null,
      suspect: code !== null && isByTheGate(code) ? caller : null,
      presentedPrefix: caller?.credentialPrefix ?? null,
      code,
      floodedFrom: null,
      status: code === null ? action.status : PROBLEMS[code].status,
      latencyMicroseconds: Math.round(milliseconds * 1_000),
      responseBytes: code === null ? action.bytes : 380,
    };
  }
}

/** Whether a call is refused before anybody is let in. */
const isByTheGate = (code: ProblemCode): boolean => [401, 403, 429].includes(PROBLEMS[code].status);

const officeHours = (time: number): number =>
  (RHYTHMS.office.hours[new Date(time).getUTCHours()]! * (new Date(time).getUTCDay() % 6 === 0 ? 0.1 : 1)) / 16;

/** Why a key is not valid any more. */
function endOf({ revokedAt, disabledAt, expiresAt }: CallingKey, at: number): ProblemCode | null {
  if (at >= revokedAt) return 'api_key_revoked';
  if (at >= disabledAt) return 'api_key_disabled';
  return at >= expiresAt ? 'api_key_expired' : null;
}
