import fc from 'fast-check';

import type { Freshness } from '../coordination';
import { FreshMemory } from './fresh-memory';

const ORGANIZATIONS = ['acme', 'globex'] as const;
type OrganizationId = (typeof ORGANIZATIONS)[number];

/** A database with one number for each organization, and what a process is told of its changes. */
class World implements Freshness {
  epoch = 0;
  trusted = true;
  private readonly numbers = new Map<string, number>();
  private readonly listeners: Array<(organizationId: string | null) => void> = [];

  isTrusted(): boolean {
    return this.trusted;
  }

  onForget(listener: (organizationId: string | null) => void): void {
    this.listeners.push(listener);
  }

  number(organizationId: OrganizationId): number {
    return this.numbers.get(organizationId) ?? 0;
  }

  change(organizationId: OrganizationId): void {
    this.numbers.set(organizationId, this.number(organizationId) + 1);
  }

  tell(organizationId: OrganizationId | null): void {
    this.epoch++;
    for (const listener of this.listeners) listener(organizationId);
  }
}

interface Known {
  readonly organizationId: OrganizationId;
  readonly number: number;
}

const memoryOf = (world: World, most = 10): FreshMemory<Known | null> =>
  new FreshMemory(world, most, (known) => known && known.organizationId);

const readNow = (world: World, organizationId: OrganizationId): Known => ({ organizationId, number: world.number(organizationId) });

describe('FreshMemory', () => {
  it('never gives what was true before a change that has been told, whenever it was read', async () => {
    const organization = fc.constantFrom(...ORGANIZATIONS);
    const step = fc.oneof(
      fc.record({ what: fc.constantFrom('begin' as const, 'see' as const, 'end' as const, 'get' as const), organization }),
      fc.record({ what: fc.constant('change' as const), organization, everything: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const world = new World();
        const memory = memoryOf(world);
        const running: Array<{ organizationId: OrganizationId; seen?: Known; answer: (known: Known) => void; done: Promise<unknown> }> = [];
        for (const one of steps) {
          const { organization: organizationId } = one;
          if (one.what === 'begin') {
            let answer!: (known: Known) => void;
            const read = new Promise<Known>((resolve) => (answer = resolve));
            running.push({ organizationId, answer, done: memory.read(organizationId, () => read) });
          }
          // The database answers the oldest reading now; its answer arrives some time later.
          const asked = running.find((reading) => !reading.seen && reading.organizationId === organizationId);
          if (one.what === 'see' && asked) asked.seen = readNow(world, organizationId);
          if (one.what === 'end') {
            const at = running.findIndex(({ seen }) => seen !== undefined);
            const [reading] = at < 0 ? [] : running.splice(at, 1);
            reading?.answer(reading.seen!);
            // One that joined another is answered with that one.
            await Promise.race([reading?.done, new Promise(setImmediate)]);
          }
          if (one.what === 'change') {
            world.change(organizationId);
            world.tell(one.everything ? null : organizationId);
          }
          const known = memory.get(organizationId);
          if (known) expect(known.number).toBe(world.number(organizationId));
        }
      }),
    );
  });

  it('answers many who ask at once with one reading, and whoever asks after a change with one of their own', async () => {
    const world = new World();
    const memory = memoryOf(world);
    let readings = 0;
    const read = (): Promise<Known> => {
      readings++;
      const known = readNow(world, 'acme');
      return new Promise((resolve) => setImmediate(() => resolve(known)));
    };
    const before = Array.from({ length: 100 }, () => memory.read('token', read));
    world.change('acme');
    world.tell('acme');
    const after = Array.from({ length: 100 }, () => memory.read('token', read));
    expect(new Set((await Promise.all(before)).map((known) => known?.number))).toEqual(new Set([0]));
    expect(new Set((await Promise.all(after)).map((known) => known?.number))).toEqual(new Set([1]));
    expect(readings).toBe(2);
    expect(memory.get('token')?.number).toBe(1);
  });

  it('is not asked, and not filled, while it cannot be trusted', async () => {
    const world = new World();
    const memory = memoryOf(world);
    const read = () => Promise.resolve(readNow(world, 'acme'));
    await memory.read('token', read);
    world.trusted = false;
    expect(memory.get('token')).toBeUndefined();
    await memory.read('other', read);
    world.trusted = true;
    expect(memory.get('token')).toBeDefined();
    expect(memory.get('other')).toBeUndefined();
  });

  it('remembers nothing that belongs to nobody, so that nothing is pushed out by it', async () => {
    const world = new World();
    const memory = memoryOf(world, 4);
    await memory.read('live', () => Promise.resolve(readNow(world, 'acme')));
    for (let i = 0; i < 1_000; i++) expect(await memory.read(`unknown ${i}`, () => Promise.resolve(null))).toBeNull();
    expect(memory.get('live')).toBeDefined();
    expect(memory.get('unknown 999')).toBeUndefined();
  });

  it('forgets the organization that changed, and no other', async () => {
    const world = new World();
    const memory = memoryOf(world);
    for (const id of ORGANIZATIONS) await memory.read(id, () => Promise.resolve(readNow(world, id)));
    world.tell('acme');
    expect([memory.get('acme'), memory.get('globex')]).toEqual([undefined, { organizationId: 'globex', number: 0 }]);
    world.tell(null);
    expect(memory.get('globex')).toBeUndefined();
  });

  it('passes an error on to everybody who waits for it, and asks again', async () => {
    const memory = memoryOf(new World());
    const fail = () => Promise.reject(new Error('away'));
    const [first, second] = await Promise.allSettled([memory.read('token', fail), memory.read('token', fail)]);
    expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
    expect(await memory.read('token', () => Promise.resolve(null))).toBeNull();
  });
});
