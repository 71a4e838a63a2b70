/** Something that befalls a key, some days before today. */
export type DemoEvent =
  | { readonly daysAgo: number; readonly by: string; readonly is: 'rotate'; readonly overlapDays: number }
  | { readonly daysAgo: number; readonly by: string; readonly is: 'revoke'; readonly reason: string }
  | { readonly daysAgo: number; readonly by: string; readonly is: 'disable' }
  | { readonly daysAgo: number; readonly by: string; readonly is: 'change'; readonly patch: Readonly<Record<string, unknown>> };

/** A part of a key's calls that is refused. */
export interface DemoTrouble {
  readonly code: string;
  readonly share: number;
  readonly daysAgo?: readonly [from: number, until: number];
}

/** What the calls of a key look like. */
export interface DemoTraffic {
  /** On a working day, relative to the others. */
  readonly perDay: number;
  readonly does: ReadonlyArray<'sms' | 'email' | 'whatsapp' | 'messages' | 'verify' | 'logs'>;
  readonly from: readonly string[];
  readonly agent: string;
  readonly rhythm: 'office' | 'consumers' | 'nightly' | 'steady';
  readonly trouble?: readonly DemoTrouble[];
}

export interface DemoKey {
  readonly name: string;
  readonly madeDaysAgo: number;
  readonly by: string;
  readonly scopes: readonly string[];
  /** `sva:<name>`, `org`, or nobody but the maker. */
  readonly owner?: string;
  /** Further fields of `POST /v1/api-keys`. */
  readonly with?: Readonly<Record<string, unknown>>;
  readonly expiresAfterDays?: number;
  readonly afterwards?: readonly DemoEvent[];
  readonly traffic?: DemoTraffic;
}

const LIVE = { environment: 'live' } as const;
const TEST = { environment: 'test' } as const;
const NODE = 'acme-platform/4.12 (node 22)';
const PYTHON = 'python-requests/2.32.4';
const JAVA = 'okhttp/5.1.0';
const GO = 'Go-http-client/2.0';

/** The keys of the demo, each with a story that somebody may look for. */
export const DEMO_KEYS: readonly DemoKey[] = [
  {
    name: 'Order confirmations',
    madeDaysAgo: 71,
    by: 'maya',
    owner: 'sva:Shop backend',
    scopes: ['send_email', 'send_sms'],
    with: { allowedIps: ['203.0.113.16/28'], description: 'Mails and SMS about orders. Runbook: wiki/orders.' },
    traffic: {
      perDay: 900,
      does: ['email', 'email', 'sms', 'messages'],
      from: ['203.0.113.17', '203.0.113.18'],
      agent: NODE,
      rhythm: 'consumers',
    },
  },
  {
    name: 'Login codes',
    madeDaysAgo: 64,
    by: 'maya',
    owner: 'sva:Shop backend',
    scopes: ['send_sms'],
    with: {
      allowedIps: ['203.0.113.16/28'],
      rateLimit: { limit: 600, windowSeconds: 60 },
      allowedEndpoints: [{ method: 'POST', path: '/sms' }],
    },
    traffic: {
      perDay: 640,
      does: ['sms'],
      from: ['203.0.113.17', '203.0.113.18'],
      agent: NODE,
      rhythm: 'consumers',
      trouble: [{ code: 'rate_limited', share: 0.22, daysAgo: [5.9, 5.6] }],
    },
  },
  {
    name: 'Delivery updates',
    madeDaysAgo: 118,
    by: 'olivia',
    owner: 'sva:Logistics',
    scopes: ['send_whatsapp', 'send_sms'],
    afterwards: [{ daysAgo: 2.2, by: 'maya', is: 'rotate', overlapDays: 7 }],
    traffic: {
      perDay: 720,
      does: ['whatsapp', 'whatsapp', 'whatsapp', 'sms', 'messages'],
      from: ['198.51.100.40', '198.51.100.41', '198.51.100.42'],
      agent: JAVA,
      rhythm: 'office',
      trouble: [{ code: 'unavailable', share: 0.3, daysAgo: [9.45, 9.38] }],
    },
  },
  {
    name: 'Gateway: verify partner keys',
    madeDaysAgo: 50,
    by: 'olivia',
    owner: 'sva:Edge gateway',
    scopes: ['api_key.verify'],
    with: { allowedIps: ['203.0.113.5', '2001:db8:40::/48'] },
    traffic: { perDay: 1_100, does: ['verify'], from: ['203.0.113.5', '2001:db8:40::5'], agent: GO, rhythm: 'steady' },
  },
  {
    name: 'Newsletter',
    madeDaysAgo: 97,
    by: 'maya',
    owner: 'sva:Marketing mailer',
    scopes: ['send_email'],
    traffic: {
      perDay: 310,
      does: ['email'],
      from: ['198.51.100.77'],
      agent: PYTHON,
      rhythm: 'nightly',
      trouble: [{ code: 'validation_failed', share: 0.03 }],
    },
  },
  {
    name: 'Nightly log export',
    madeDaysAgo: 33,
    by: 'olivia',
    owner: 'sva:Data warehouse',
    scopes: ['call_log.read', 'call_log.export'],
    with: { allowedIps: ['198.51.100.90'] },
    traffic: { perDay: 60, does: ['logs'], from: ['198.51.100.90'], agent: PYTHON, rhythm: 'nightly' },
  },
  {
    name: 'Appointment reminders',
    madeDaysAgo: 84,
    by: 'maya',
    owner: 'sva:Clinic calendar',
    scopes: ['send_sms', 'send_whatsapp'],
    expiresAfterDays: 96,
    traffic: { perDay: 240, does: ['sms', 'whatsapp'], from: ['203.0.113.60'], agent: NODE, rhythm: 'office' },
  },
  {
    name: 'Checkout widget',
    madeDaysAgo: 41,
    by: 'maya',
    scopes: ['send_email'],
    with: {
      allowedReferrers: ['https://shop.acme.example', 'https://*.acme.example'],
      allowedEndpoints: [{ method: 'POST', path: '/email' }],
      rateLimit: { limit: 30, windowSeconds: 60 },
    },
    traffic: {
      perDay: 130,
      does: ['email'],
      from: ['192.0.2.14', '192.0.2.87', '192.0.2.201', '198.51.100.133'],
      agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
      rhythm: 'consumers',
      trouble: [
        { code: 'referrer_not_allowed', share: 0.05 },
        { code: 'rate_limited', share: 0.02 },
      ],
    },
  },
  {
    name: 'Support macros',
    madeDaysAgo: 26,
    by: 'tom',
    scopes: ['send_email', 'send_whatsapp'],
    traffic: {
      perDay: 45,
      does: ['email', 'whatsapp'],
      from: ['192.0.2.31'],
      agent: 'PostmanRuntime/7.45',
      rhythm: 'office',
      trouble: [{ code: 'insufficient_scope', share: 0.12, daysAgo: [4, 2] }],
    },
  },
  {
    name: 'Old shop (PHP)',
    madeDaysAgo: 110,
    by: 'maya',
    owner: 'org',
    scopes: ['send_email'],
    afterwards: [{ daysAgo: 6.3, by: 'maya', is: 'revoke', reason: 'Replaced by the new shop' }],
    traffic: { perDay: 150, does: ['email'], from: ['198.51.100.12'], agent: 'GuzzleHttp/7', rhythm: 'consumers' },
  },
  {
    name: 'Contractor: migration',
    madeDaysAgo: 45,
    by: 'olivia',
    owner: 'org',
    scopes: ['send_email', 'call_log.read'],
    expiresAfterDays: 30,
    traffic: { perDay: 40, does: ['email', 'logs'], from: ['192.0.2.210'], agent: 'curl/8.14.1', rhythm: 'office' },
  },
  {
    name: 'Leaked in a build log',
    madeDaysAgo: 20,
    by: 'maya',
    owner: 'sva:Shop backend',
    scopes: ['send_sms'],
    afterwards: [{ daysAgo: 3.1, by: 'olivia', is: 'revoke', reason: 'Seen in the log of a build' }],
    traffic: { perDay: 35, does: ['sms'], from: ['203.0.113.18', '192.0.2.250'], agent: 'curl/8.14.1', rhythm: 'steady' },
  },
  {
    name: 'Fraud checks',
    madeDaysAgo: 60,
    by: 'olivia',
    owner: 'sva:Risk',
    scopes: ['call_log.read', 'api_key.read'],
    with: { allowedIps: ['203.0.113.99'] },
    traffic: {
      perDay: 90,
      does: ['logs'],
      from: ['203.0.113.99'],
      agent: PYTHON,
      rhythm: 'steady',
      trouble: [{ code: 'ip_not_allowed', share: 0.35, daysAgo: [1.6, 1.2] }],
    },
  },
  {
    name: 'Warehouse scanners',
    madeDaysAgo: 101,
    by: 'maya',
    owner: 'sva:Logistics',
    scopes: ['send_sms'],
    with: { allowedIps: ['198.51.100.40/30'] },
    traffic: { perDay: 170, does: ['sms'], from: ['198.51.100.40', '198.51.100.41'], agent: 'okhttp/4.9', rhythm: 'office' },
  },
  {
    name: 'Paused: winter campaign',
    madeDaysAgo: 38,
    by: 'maya',
    owner: 'sva:Marketing mailer',
    scopes: ['send_email', 'send_whatsapp'],
    afterwards: [{ daysAgo: 11, by: 'tom', is: 'disable' }],
    traffic: { perDay: 80, does: ['email', 'whatsapp'], from: ['198.51.100.77'], agent: PYTHON, rhythm: 'office' },
  },
  {
    name: 'Status page',
    madeDaysAgo: 15,
    by: 'maya',
    owner: 'sva:Edge gateway',
    scopes: ['send_sms', 'send_email'],
    expiresAfterDays: 20,
    traffic: { perDay: 20, does: ['messages', 'email'], from: ['203.0.113.5'], agent: GO, rhythm: 'steady' },
  },
  {
    name: 'Everything (break glass)',
    madeDaysAgo: 119,
    by: 'olivia',
    scopes: ['*'],
    with: { allowedIps: ['203.0.113.1'], description: 'In the safe. Tell security before you use it.' },
  },
  {
    name: 'Maya’s laptop',
    madeDaysAgo: 52,
    by: 'maya',
    scopes: ['send_email', 'api_key.read'],
    traffic: { perDay: 6, does: ['email', 'messages'], from: ['192.0.2.44'], agent: 'curl/8.14.1', rhythm: 'office' },
  },
  {
    name: 'Tom’s scripts',
    madeDaysAgo: 93,
    by: 'tom',
    scopes: ['send_email'],
    traffic: { perDay: 9, does: ['email'], from: ['192.0.2.31'], agent: PYTHON, rhythm: 'office' },
  },
  {
    name: 'Luca’s prototype',
    madeDaysAgo: 34,
    by: 'luca',
    scopes: ['send_sms'],
    traffic: { perDay: 12, does: ['sms'], from: ['192.0.2.66'], agent: NODE, rhythm: 'office' },
  },
  {
    name: 'Invoices',
    madeDaysAgo: 77,
    by: 'olivia',
    owner: 'sva:Billing',
    scopes: ['send_email'],
    with: { allowedIps: ['203.0.113.32/29'] },
    afterwards: [
      { daysAgo: 40, by: 'maya', is: 'rotate', overlapDays: 3 },
      { daysAgo: 18, by: 'maya', is: 'change', patch: { rateLimit: { limit: 300, windowSeconds: 60 } } },
    ],
    traffic: { perDay: 260, does: ['email', 'messages'], from: ['203.0.113.33', '203.0.113.34'], agent: JAVA, rhythm: 'nightly' },
  },
  {
    name: 'Dunning letters',
    madeDaysAgo: 12,
    by: 'maya',
    owner: 'sva:Billing',
    scopes: ['send_email', 'send_sms'],
    with: { allowedIps: ['203.0.113.32/29'] },
    afterwards: [{ daysAgo: 0.4, by: 'maya', is: 'rotate', overlapDays: 1 }],
    traffic: { perDay: 70, does: ['email', 'sms'], from: ['203.0.113.33'], agent: JAVA, rhythm: 'office' },
  },
  ...['Shop', 'Billing', 'Logistics', 'Clinic', 'CRM', 'Risk', 'Mobile app', 'Warehouse'].flatMap((system, i): DemoKey[] => [
    {
      name: `${system} staging`,
      madeDaysAgo: 25 + i * 11,
      by: i % 2 === 0 ? 'maya' : 'luca',
      scopes: i % 3 === 0 ? ['send_email', 'send_sms'] : ['send_email'],
      with: TEST,
      traffic: {
        perDay: 8 + i * 5,
        does: ['email'],
        from: [`192.0.2.${100 + i}`],
        agent: NODE,
        rhythm: 'office',
        trouble: [{ code: 'validation_failed', share: 0.06 }],
      },
    },
    {
      name: `${system} continuous integration`,
      madeDaysAgo: 8 + i * 9,
      by: 'tom',
      scopes: ['send_sms', 'send_email'],
      with: { ...(i % 4 === 1 ? LIVE : TEST), metadata: { repository: `acme/${system.toLowerCase().replaceAll(' ', '-')}` } },
      ...(i % 4 === 3 ? { expiresAfterDays: 7 + i * 8 } : {}),
      ...(i === 2 ? { afterwards: [{ daysAgo: 1, by: 'tom', is: 'revoke', reason: 'The job is gone' }] } : {}),
      ...(i % 2 === 0 ? { traffic: { perDay: 14, does: ['sms', 'email'], from: ['198.51.100.200'], agent: GO, rhythm: 'office' } } : {}),
    },
  ]),
];

/** How the accounts behind keys are called, and what they may do. */
export const DEMO_SERVICE_ACCOUNTS: ReadonlyArray<{ readonly name: string; readonly description: string; readonly role: string }> = [
  { name: 'Shop backend', description: 'Orders, confirmations, codes', role: 'developer' },
  { name: 'Logistics', description: 'Parcels and their drivers', role: 'developer' },
  { name: 'Edge gateway', description: 'Asks about the keys of partners', role: 'admin' },
  { name: 'Marketing mailer', description: 'Newsletter and campaigns', role: 'developer' },
  { name: 'Data warehouse', description: 'Takes the log out every night', role: 'auditor' },
  { name: 'Clinic calendar', description: 'Reminds people of appointments', role: 'developer' },
  { name: 'Risk', description: 'Looks for what is odd', role: 'auditor' },
  { name: 'Billing', description: 'Invoices and reminders', role: 'developer' },
];

/** Who works there. The first one sets everything up. */
export const DEMO_PEOPLE: ReadonlyArray<{ readonly name: string; readonly called: string; readonly role: string; readonly ip: string }> = [
  { name: 'Olivia Owens', called: 'olivia', role: 'owner', ip: '192.0.2.10' },
  { name: 'Maya Lindqvist', called: 'maya', role: 'admin', ip: '192.0.2.44' },
  { name: 'Tom Okafor', called: 'tom', role: 'developer', ip: '192.0.2.31' },
  { name: 'Luca Ferri', called: 'luca', role: 'developer', ip: '192.0.2.66' },
  { name: 'Ada Sørensen', called: 'ada', role: 'auditor', ip: '192.0.2.80' },
  { name: 'Priya Nair', called: 'priya', role: 'Support', ip: '192.0.2.92' },
];
