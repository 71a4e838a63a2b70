import fc from 'fast-check';

import { RecentlyUsed } from './recently-used';

describe('RecentlyUsed', () => {
  it('gives back what was put in last, or nothing', () => {
    const command = fc.record({ what: fc.constantFrom('set', 'get', 'delete'), key: fc.integer({ min: 0, max: 20 }) });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.array(command, { maxLength: 300 }), (most, commands) => {
        const map = new RecentlyUsed<number, number>(most);
        const truth = new Map<number, number>();
        commands.forEach(({ what, key }, i) => {
          if (what === 'set') truth.set(key, i);
          if (what === 'set') map.set(key, i);
          if (what === 'delete') truth.delete(key);
          if (what === 'delete') map.delete(key);
          expect([undefined, truth.get(key)]).toContain(map.get(key));
        });
      }),
    );
  });

  it('keeps what is in use, and never more than it may', () => {
    const map = new RecentlyUsed<number, string>(100);
    map.set(-1, 'in use');
    for (let i = 0; i < 10_000; i++) {
      map.set(i, 'passing');
      if (i % 40 === 0) expect(map.get(-1)).toBe('in use');
    }
    const kept = Array.from({ length: 10_000 }, (_, i) => map.get(i)).filter((value) => value !== undefined);
    expect(kept.length).toBeLessThanOrEqual(100);
  });

  it('remembers the newest half for sure', () => {
    const map = new RecentlyUsed<number, number>(100);
    for (let i = 0; i < 1_000; i++) map.set(i, i);
    for (let i = 950; i < 1_000; i++) expect(map.get(i)).toBe(i);
  });
});
