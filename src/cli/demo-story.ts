import type { Clock } from '../common';
import { callHttp } from '../testing';
import type { CallingKey, CallingPerson } from './demo-calls';
import { DEMO_KEYS, DEMO_PEOPLE, DEMO_SERVICE_ACCOUNTS, type DemoEvent, type DemoKey, type DemoTraffic } from './demo-keys';

const DAY_MS = 24 * 3_600_000;
const FIRST_DAY = 120;
/** A quarter of an hour later an access token is too old. */
const OLD_TOKEN_MS = 10 * 60_000;
const NEVER = Number.POSITIVE_INFINITY;

/** The time of the demo, which runs from its first day to now. */
export class DemoClock implements Clock {
  constructor(private time: number) {}

  now(): Date {
    return new Date(this.time);
  }

  /** Only forward. */
  moveTo(time: number): void {
    this.time = Math.max(this.time, time);
  }
}

/** Something that happens at a time. */
interface Step {
  readonly at: number;
  readonly run: () => Promise<void>;
}

type Json = Readonly<Record<string, unknown>>;

/** What people did: through the API, as they would have, so that all of it is in the audit trail. */
export class DemoStory {
  readonly keys: CallingKey[] = [];
  readonly people: CallingPerson[] = [];
  private readonly tokens = new Map<string, { readonly token: string; readonly at: number }>();
  private readonly owners = new Map<string, string>();
  private readonly userIds = new Map<string, string>();
  private readonly roles = new Map<string, string>();
  private organizationId = '';

  constructor(
    private readonly url: string,
    private readonly clock: DemoClock,
    private readonly today: number,
    private readonly password: string,
    private readonly setupLink: string,
  ) {}

  static start(today: number): number {
    return today - FIRST_DAY * DAY_MS;
  }

  /** Oldest first. @param more keys of customers, besides those that have a story */
  steps(more: number): Step[] {
    const steps: Step[] = [
      { at: this.daysAgo(FIRST_DAY), run: () => this.found() },
      ...DEMO_KEYS.map((key, i) => ({ at: this.daysAgo(key.madeDaysAgo) + i * 60_000, run: () => this.make(key) })),
      ...DEMO_KEYS.flatMap((key) =>
        (key.afterwards ?? []).map((event) => ({ at: this.daysAgo(event.daysAgo), run: () => this.befall(key.name, event) })),
      ),
      { at: this.daysAgo(30.5), run: () => this.makeForCustomers(more) },
      { at: this.daysAgo(24), run: () => this.setPolicies() },
      { at: this.daysAgo(13), run: () => this.leave('luca') },
      { at: this.daysAgo(1.5), run: () => this.inviteMore() },
      { at: this.daysAgo(0.2), run: () => this.sign() },
    ];
    return steps.toSorted((a, b) => a.at - b.at);
  }

  trafficOfCustomers(count: number): DemoTraffic[] {
    return Array.from({ length: count }, (_customer, i) => trafficOfCustomer(i));
  }

  private daysAgo(days: number): number {
    return this.today - days * DAY_MS;
  }

  private async found(): Promise<void> {
    const [owner, ...others] = DEMO_PEOPLE;
    const [, token] = this.setupLink.split('#');
    const setUp = {
      token,
      email: emailOf(owner!.called),
      password: this.password,
      name: owner!.name,
      organizationName: 'Acme',
      transport: 'bearer',
    };
    await this.send(owner!.ip, 'POST', '/v1/setup', setUp);
    await this.remember(owner!.called);
    const support = {
      name: 'Support',
      description: 'Looks up calls and keys, changes nothing',
      scopes: ['api_key.read', 'call_log.read', 'send_email'],
    };
    this.roles.set(support.name, (await this.as('olivia', 'POST', '/v1/roles', support))['id'] as string);
    for (const person of others) await this.invite(person);
    for (const { role, ...account } of DEMO_SERVICE_ACCOUNTS) {
      const made = await this.as('olivia', 'POST', '/v1/service-accounts', { ...account, role });
      this.owners.set(`sva:${account.name}`, made['id'] as string);
    }
  }

  private async invite({ called, name, role, ip }: (typeof DEMO_PEOPLE)[number]): Promise<void> {
    this.clock.moveTo(this.clock.now().getTime() + 3_600_000);
    const { token } = await this.as('olivia', 'POST', '/v1/invitations', { email: emailOf(called), role: this.roles.get(role) ?? role });
    await this.send(ip, 'POST', '/v1/invitations/accept', { token, name, password: this.password, transport: 'bearer' });
    await this.remember(called);
  }

  private async remember(called: string): Promise<void> {
    const { id, organizationId } = await this.as(called, 'GET', '/v1/whoami');
    this.organizationId = organizationId as string;
    this.userIds.set(called, id as string);
    this.people.push({ userId: id as string, organizationId: organizationId as string, ip: personCalled(called).ip });
  }

  private async make({ name, by, scopes, owner, with: rest, expiresAfterDays, traffic }: DemoKey): Promise<void> {
    const expiresAt = expiresAfterDays === undefined ? null : new Date(this.clock.now().getTime() + expiresAfterDays * DAY_MS);
    const key = await this.as(by, 'POST', '/v1/api-keys', { name, scopes, ...rest, expiresAt, ...this.ownedBy(owner) });
    if (traffic) this.calls(key, traffic, owner === undefined ? this.userIds.get(by)! : null);
  }

  private ownedBy(owner: string | undefined): { owner?: { type: string; id: string } } {
    if (owner === undefined) return {};
    if (owner === 'org') return { owner: { type: 'organization', id: this.organizationId } };
    return { owner: { type: 'service_account', id: this.owners.get(owner)! } };
  }

  private calls(key: Json, traffic: DemoTraffic, userId: string | null): void {
    this.keys.push({
      id: key['id'] as string,
      name: key['name'] as string,
      organizationId: this.organizationId,
      userId,
      environment: key['environment'] as 'live' | 'test',
      expiresAt: key['expiresAt'] === null ? NEVER : Date.parse(key['expiresAt'] as string),
      traffic,
      secrets: [{ prefix: key['prefix'] as string, since: this.clock.now().getTime(), until: NEVER }],
      disabledAt: NEVER,
      revokedAt: NEVER,
    });
  }

  /** As a platform would have them that gives each customer a key: a few of them call much, most hardly ever. */
  private async makeForCustomers(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const name = `Customer ${String(i + 1).padStart(5, '0')}`;
      const key = await this.as('olivia', 'POST', '/v1/api-keys', { name, scopes: ['send_email'], ...this.ownedBy('org') });
      this.calls(key, trafficOfCustomer(i), null);
    }
  }

  private async befall(name: string, event: DemoEvent): Promise<void> {
    const key = this.keys.find((one) => one.name === name)!;
    const now = this.clock.now().getTime();
    const path = `/v1/api-keys/${key.id}`;
    if (event.is === 'revoke') {
      await this.as(event.by, 'POST', `${path}/revoke`, { reason: event.reason });
      key.revokedAt = now;
    } else if (event.is === 'disable') {
      await this.as(event.by, 'POST', `${path}/disable`);
      key.disabledAt = now;
    } else if (event.is === 'change') {
      await this.as(event.by, 'PATCH', path, event.patch);
    } else {
      const rotated = await this.as(event.by, 'POST', `${path}/rotate`, { overlapSeconds: event.overlapDays * 24 * 3_600 });
      key.secrets.at(-1)!.until = now + event.overlapDays * DAY_MS;
      key.secrets.push({ prefix: rotated['prefix'] as string, since: now, until: NEVER });
    }
  }

  private async setPolicies(): Promise<void> {
    const options = { callLogRetentionDays: 60, usageRetentionDays: 400, defaultRateLimit: { limit: 6_000, windowSeconds: 60 } };
    await this.as('olivia', 'PATCH', `/v1/organizations/${this.organizationId}`, options);
  }

  private async leave(called: string): Promise<void> {
    const userId = this.userIds.get(called)!;
    await this.as('olivia', 'DELETE', `/v1/members/${userId}`);
    for (const key of this.keys) if (key.userId === userId) key.revokedAt = this.clock.now().getTime();
    this.people.splice(
      this.people.findIndex((person) => person.userId === userId),
      1,
    );
  }

  private async inviteMore(): Promise<void> {
    await this.as('maya', 'POST', '/v1/invitations', { email: emailOf('jonas'), role: 'developer' });
    await this.as('maya', 'PATCH', `/v1/members/${this.userIds.get('tom')!}`, { role: 'admin' });
    await this.as('maya', 'PATCH', `/v1/members/${this.userIds.get('tom')!}`, { role: 'developer' });
  }

  private async sign(): Promise<void> {
    await this.as('ada', 'POST', '/v1/audit-events/checkpoints');
  }

  private async as(called: string, method: string, path: string, body?: object): Promise<Json> {
    return this.send(personCalled(called).ip, method, path, body, await this.tokenOf(called));
  }

  private async tokenOf(called: string): Promise<string> {
    const now = this.clock.now().getTime();
    const known = this.tokens.get(called);
    if (known && now - known.at < OLD_TOKEN_MS) return known.token;
    const credentials = { email: emailOf(called), password: this.password, transport: 'bearer' };
    const body = await this.send(personCalled(called).ip, 'POST', '/v1/auth/login', credentials);
    this.tokens.set(called, { token: body['accessToken'] as string, at: now });
    return body['accessToken'] as string;
  }

  private async send(ip: string, method: string, path: string, body?: object, token?: string): Promise<Json> {
    // A connection for each call: on a clock that leaps, one that is kept may be gone by the next.
    const answer = await callHttp<Json>(this.url, method, path, {
      headers: { 'x-forwarded-for': ip, 'user-agent': 'Mozilla/5.0 (Macintosh) Firefox/144.0' },
      ...(token === undefined ? {} : { as: token }),
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status >= 400) throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.text}`);
    return answer.body;
  }
}

const trafficOfCustomer = (i: number): DemoTraffic => ({
  perDay: 6_000 / (i + 8) ** 1.3,
  does: ['email', 'messages'],
  from: [`198.18.${i >> 8}.${i & 255}`],
  agent: 'acme-sdk/2.1',
  rhythm: 'consumers',
});

export const emailOf = (called: string): string => `${called}@acme.example`;

const personCalled = (called: string): (typeof DEMO_PEOPLE)[number] => DEMO_PEOPLE.find((person) => person.called === called)!;
