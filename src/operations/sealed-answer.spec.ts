import { randomBytes } from 'node:crypto';

import { openAnswer, type RepeatIdentity, sealAnswer } from './sealed-answer';

const IDENTITY: RepeatIdentity = { id: 'a'.repeat(64), header: 'order-1', principal: '["default","org_1","api_key","key_1"]' };
const ANSWER = { status: 201, headers: { location: '/v1/api-keys/key_2' }, body: { key: 'the secret that is shown once' } };
const [SECRET, OLDER, STRANGE] = [randomBytes(32), randomBytes(32), randomBytes(32)] as const;

describe('a stored answer', () => {
  it('comes back as it was', () => {
    expect(openAnswer([SECRET], IDENTITY, 201, sealAnswer(SECRET, IDENTITY, ANSWER))).toEqual(ANSWER);
  });

  it('still opens after another secret became the first one', () => {
    expect(openAnswer([SECRET, OLDER], IDENTITY, 201, sealAnswer(OLDER, IDENTITY, ANSWER))).toEqual(ANSWER);
  });

  it('shows nothing of itself, and never looks the same twice', () => {
    const sealed = sealAnswer(SECRET, IDENTITY, ANSWER);
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('secret');
    expect(sealAnswer(SECRET, IDENTITY, ANSWER)).not.toBe(sealed);
  });

  it.each([
    { because: 'the server has other secrets', secrets: [STRANGE], identity: IDENTITY, status: 201 },
    { because: 'the header is another', secrets: [SECRET], identity: { ...IDENTITY, header: 'order-2' }, status: 201 },
    { because: 'somebody else repeats', secrets: [SECRET], identity: { ...IDENTITY, principal: '["default","org_2"]' }, status: 201 },
    { because: 'it was moved to another record', secrets: [SECRET], identity: { ...IDENTITY, id: 'b'.repeat(64) }, status: 201 },
    { because: 'its status was changed', secrets: [SECRET], identity: IDENTITY, status: 200 },
  ])('does not open when $because', ({ secrets, identity, status }) => {
    expect(openAnswer(secrets, identity, status, sealAnswer(SECRET, IDENTITY, ANSWER))).toBeUndefined();
  });

  it('does not open when a bit of it was changed', () => {
    const bytes = Buffer.from(sealAnswer(SECRET, IDENTITY, ANSWER), 'base64');
    bytes[20]! ^= 1;
    expect(openAnswer([SECRET], IDENTITY, 201, bytes.toString('base64'))).toBeUndefined();
  });

  it('may be empty', () => {
    const nothing = { status: 202, headers: {}, body: undefined };
    expect(openAnswer([SECRET], IDENTITY, 202, sealAnswer(SECRET, IDENTITY, nothing))).toEqual({ ...nothing, body: null });
  });
});
