import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { CallStore } from '../audit';
import { type Environment, readSettings } from '../config';
import { publicUrlOf, type RunningService, startService } from '../service';
import { DemoCalls } from './demo-calls';
import { DemoChance } from './demo-chance';
import { DEMO_KEYS, DEMO_PEOPLE } from './demo-keys';
import { DemoClock, DemoStory, emailOf } from './demo-story';
import type { Output } from './output';

const DAY_MS = 24 * 3_600_000;
const CALL_DAYS = 30;
/** What happens in it is stored before what comes after. */
const STEP_MS = 6 * 3_600_000;
const AT_ONCE = 5_000;

/** How much there is to look at. */
export interface DemoSize {
  readonly keys: number;
  readonly calls: number;
}

export interface Demo {
  /** Of each of the people. */
  readonly password: string;
  readonly calls: number;
  readonly keys: number;
}

/**
 * `keystile demo`: fills a new folder with an organization that has been there for four months: people, service accounts, keys in every
 * state, a month of calls, and everything that was changed. All of it goes through the service itself, on a clock of its own, so that
 * roll-ups and the audit chain are what they would be.
 */
export async function demoCommand(words: readonly string[], environment: Environment, { out }: Output): Promise<boolean> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { keys: { type: 'string', default: '38' }, calls: { type: 'string', default: '80000' } },
  });
  const [folder = './demo-data'] = positionals;
  const dataDir = resolve(folder);
  if (existsSync(dataDir) && readdirSync(dataDir).length > 0) throw new Error(`${folder} is not empty; name another folder`);
  // What the start that is told below takes from here. Whatever else is set belongs to another folder.
  const { HOST, PORT, PUBLIC_URL } = environment;
  const publicUrl = publicUrlOf(readSettings({ HOST, PORT, PUBLIC_URL }));
  out(`Filling ${folder} …`);
  const { password, calls, keys } = await fillDemo(dataDir, { keys: wholeNumber(values.keys), calls: wholeNumber(values.calls) });
  out(`There are ${keys} keys and ${calls} calls of the last ${CALL_DAYS} days.`);
  out('');
  out(`  Start          DATA_DIR=${folder} npm start`);
  out(`  Open           ${publicUrl}/api-management`);
  for (const { called, role } of DEMO_PEOPLE) if (called !== 'luca') out(`  Sign in as     ${emailOf(called).padEnd(22)}${role}`);
  out(`  Password       ${password}`);
  return true;
}

/**
 * @param dataDir an empty folder, or none yet
 * @param today when the story ends: what happens at which hour depends on it
 */
export async function fillDemo(dataDir: string, size: DemoSize, today = Date.now()): Promise<Demo> {
  const clock = new DemoClock(DemoStory.start(today));
  const service = await startService(
    {
      DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'error',
      CALL_LOG_DRAIN: 'inline',
      TRUSTED_PROXIES: '127.0.0.1/32',
      PUBLIC_URL: 'http://127.0.0.1:3000',
    },
    { clock, print: () => undefined },
  );
  try {
    const password = randomBytes(12).toString('base64url');
    const chance = new DemoChance(2026);
    const link = await service.mintSetupLink();
    const story = new DemoStory(service.url, clock, today, password, link!);
    const calls = await live(service, clock, story, chance, today, size);
    return { password, calls, keys: Math.max(size.keys, DEMO_KEYS.length) };
  } finally {
    await service.stop();
  }
}

/** Goes from the first day to now: what people do, and in between what the programs do. */
async function live(
  { app }: RunningService,
  clock: DemoClock,
  story: DemoStory,
  chance: DemoChance,
  today: number,
  { keys, calls }: DemoSize,
): Promise<number> {
  const store = app.get(CallStore);
  const more = Math.max(0, keys - DEMO_KEYS.length);
  const busy = [...DEMO_KEYS.flatMap(({ traffic }) => traffic ?? []), ...story.trafficOfCustomers(more)];
  const volume = calls / CALL_DAYS / busy.reduce((sum, traffic) => sum + DemoCalls.perDay(traffic), 0);
  const generator = new DemoCalls(chance, today, volume);
  const steps = story.steps(more);
  let count = 0;
  for (let from = today - CALL_DAYS * DAY_MS - STEP_MS; from < today; from += STEP_MS) {
    const to = Math.min(today, from + STEP_MS);
    while (steps[0] && steps[0].at <= to) {
      const step = steps.shift()!;
      clock.moveTo(step.at);
      await step.run();
    }
    clock.moveTo(to);
    if (from < today - CALL_DAYS * DAY_MS) continue;
    const made = generator.within(from, to, story.keys, story.people);
    for (let i = 0; i < made.length; i += AT_ONCE) {
      for (const call of made.slice(i, i + AT_ONCE)) store.append(call);
      await store.flush();
    }
    count += made.length;
  }
  return count;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,8}$/.test(text)) throw new Error(`${text} is not a number`);
  return Number(text);
}
