import fc from 'fast-check';
import { createHash } from 'node:crypto';

import { canonicalJson, CHAIN_START, type ChainedEvent, chainHash, firstBrokenSequence, personalDigest } from './audit-chain';

type Sealed = ChainedEvent & { readonly hash: string };

const START = { sequence: 0, hash: CHAIN_START };

function chain(length: number): Sealed[] {
  const events: Sealed[] = [];
  for (let sequence = 1; sequence <= length; sequence++) {
    const event: ChainedEvent = {
      id: `evt_${sequence}`,
      organizationId: 'org_1',
      sequence,
      at: new Date(1_768_000_000_000 + sequence),
      actorType: 'user',
      actorId: 'usr_1',
      action: 'api_key.created',
      targetType: 'api_key',
      targetId: `key_${sequence}`,
      before: null,
      after: `{"name":"${sequence}"}`,
      requestId: 'req_1',
      personalDigest: null,
      previousHash: events.at(-1)?.hash ?? CHAIN_START,
    };
    events.push({ ...event, hash: chainHash(event) });
  }
  return events;
}

const anyPlace = fc.integer({ min: 1, max: 12 }).chain((length) => fc.tuple(fc.constant(length), fc.integer({ min: 0, max: length - 1 })));

describe('a chain of audit events', () => {
  it('holds as it was written, in one piece or in several', () => {
    fc.assert(
      fc.property(anyPlace, ([length, cut]) => {
        const events = chain(length);
        expect(firstBrokenSequence(events, START)).toBeNull();
        expect(firstBrokenSequence(events.slice(0, cut), START)).toBeNull();
        expect(firstBrokenSequence(events.slice(cut), events[cut - 1] ?? START)).toBeNull();
      }),
    );
  });

  it.each<[string, Partial<ChainedEvent>]>([
    ['id', { id: 'evt_other' }],
    ['organization', { organizationId: 'org_2' }],
    ['time', { at: new Date(0) }],
    ['actor type', { actorType: 'api_key' }],
    ['actor', { actorId: null }],
    ['action', { action: 'api_key.revoked' }],
    ['target type', { targetType: 'user' }],
    ['target', { targetId: 'key_other' }],
    ['state before', { before: '{}' }],
    ['state after', { after: '{"name":"other"}' }],
    ['request', { requestId: null }],
    ['personal digest', { personalDigest: CHAIN_START }],
  ])('names the first event whose %s was changed', (_what, change) => {
    fc.assert(
      fc.property(anyPlace, ([length, place]) => {
        const events = chain(length).map((event, i) => (i === place ? { ...event, ...change } : event));
        expect(firstBrokenSequence(events, START)).toBe(place + 1);
      }),
    );
  });

  it('names the first event that was changed even where its hash was made anew', () => {
    const events = chain(5);
    const forged = { ...events[1]!, after: '{"name":"forged"}' };
    events[1] = { ...forged, hash: chainHash(forged) };
    expect(firstBrokenSequence(events, START)).toBe(3);
  });

  it('names the place of an event that was taken out, put in, or exchanged', () => {
    fc.assert(
      fc.property(anyPlace, ([length, place]) => {
        const events = chain(length + 1);
        expect(firstBrokenSequence(events.toSpliced(place, 1), START)).toBe(place + 1);
        expect(firstBrokenSequence(events.toSpliced(place, 0, events[place]!), START)).toBe(place + 2);
        expect(firstBrokenSequence(events.toSpliced(place, 2, events[place + 1]!, events[place]!), START)).toBe(place + 1);
      }),
    );
  });

  it('can be recomputed by anybody', () => {
    const [event] = chain(1);
    const fields =
      '["evt_1","org_1",1,"2026-01-09T23:06:40.001Z","user","usr_1","api_key.created","api_key","key_1",null,"{\\"name\\":\\"1\\"}","req_1",null,' +
      `"${CHAIN_START}"]`;
    expect(event!.hash).toBe(createHash('sha256').update(fields).digest('hex'));
    expect(personalDigest('salt', '{}')).toBe(createHash('sha256').update('salt\n{}').digest('hex'));
  });
});

describe('canonical JSON', () => {
  it('is the same text for equal values, in whatever order their names were given', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).toReversed());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('leaves out what is undefined and writes times as they are sent', () => {
    expect(canonicalJson({ b: new Date(0), a: [{ d: 1, c: undefined }] })).toBe('{"a":[{"d":1}],"b":"1970-01-01T00:00:00.000Z"}');
  });
});
