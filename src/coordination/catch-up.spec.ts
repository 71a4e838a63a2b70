import { CatchUp, type Effect } from './catch-up';
import type { ReplicaRow } from './epoch-store';
import { LEASE_MS, MARGIN_MS, type Moment } from './lease';

const row = (id: string, seenEpoch: number, renewals = 1): ReplicaRow => ({
  id,
  name: id,
  seenEpoch,
  renewals,
  startedAt: new Date(0),
  renewedAt: new Date(0),
  endedAt: null,
});

/** Replicas as their rows say, and a clock that stands still. */
function replicas(...first: ReplicaRow[]) {
  let now: Moment = { steadyMs: 1_000, wallMs: 0 };
  const state = { rows: first, looks: 0, isAway: false };
  const catchUp = new CatchUp(
    async () => {
      state.looks++;
      if (state.isAway) throw new Error('away');
      return Promise.resolve(state.rows);
    },
    () => 'own',
    { now: () => now },
  );
  const pass = (ms: number): void => {
    now = { ...now, steadyMs: now.steadyMs + ms };
  };
  const looks = async (more: number): Promise<void> => {
    const until = state.looks + more;
    while (state.looks < until) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { catchUp, state, pass, looks, now: () => now.steadyMs };
}

async function isPending(effect: Promise<Effect>): Promise<boolean> {
  const nothing = Symbol('nothing');
  return (await Promise.race([effect, Promise.resolve(nothing)])) === nothing;
}

describe('waiting for the other replicas', () => {
  it('ends when each of them has come as far', async () => {
    const { catchUp, state, looks } = replicas(row('own', 0), row('other', 6), row('third', 7));
    const effect = catchUp.wait(7);
    await looks(2);
    expect(await isPending(effect)).toBe(true);
    state.rows = [row('own', 0), row('other', 7), row('third', 7)];
    expect((await effect).replicas).toBe(3);
  });

  it('ends with a word from the last one, before its row says so', async () => {
    const { catchUp, looks } = replicas(row('own', 0), row('other', 6));
    const effect = catchUp.wait(7);
    await looks(2);
    catchUp.acknowledge('other', 6);
    expect(await isPending(effect)).toBe(true);
    catchUp.acknowledge('other', 7);
    expect((await effect).replicas).toBe(2);
  });

  it('believes no word before it has seen who is there', async () => {
    const { catchUp, state, looks } = replicas(row('own', 0), row('other', 6), row('third', 6));
    state.isAway = true;
    const effect = catchUp.wait(7);
    await looks(2);
    catchUp.acknowledge('other', 7);
    expect(await isPending(effect)).toBe(true);
    state.isAway = false;
    catchUp.acknowledge('third', 7);
    expect((await effect).replicas).toBe(3);
  });

  it('ends when lease and margin are over, and not a moment before, whoever is missing', async () => {
    const { catchUp, state, pass, looks } = replicas(row('own', 0), row('other', 6, 1));
    const effect = catchUp.wait(7);
    await looks(1);
    pass(LEASE_MS + MARGIN_MS - 1);
    // It renews: what it does not say is that it has forgotten.
    state.rows = [row('own', 0), row('other', 6, 2)];
    await looks(2);
    expect(await isPending(effect)).toBe(true);
    pass(1);
    expect(await effect).toEqual({ replicas: 1, afterMs: LEASE_MS + MARGIN_MS });
  });

  it('ends then, too, where the database cannot be asked any more', async () => {
    const { catchUp, state, pass, looks } = replicas(row('own', 0), row('other', 6));
    state.isAway = true;
    const effect = catchUp.wait(7);
    await looks(1);
    pass(LEASE_MS + MARGIN_MS);
    expect(await effect).toEqual({ replicas: 1, afterMs: LEASE_MS + MARGIN_MS });
  });

  it('does not wait for one that has not renewed its lease for longer than that', async () => {
    const { catchUp, pass, now, state } = replicas(row('own', 0), row('dead', 6));
    expect(catchUp.observe(state.rows, now())).toEqual([]);
    pass(LEASE_MS + MARGIN_MS - 1);
    expect(catchUp.observe(state.rows, now())).toEqual([]);
    pass(1);
    expect(catchUp.observe([row('own', 0, 2), row('dead', 6)], now()).map(({ id }) => id)).toEqual(['dead']);
    expect((await catchUp.wait(7)).replicas).toBe(1);
  });
});
