import type { FinishedCall } from '../../src/audit';
import { CallIds, callTime, requestIdOf } from '../../src/audit/call-id';
import type { Principal } from '../../src/common';

export const NOON = new Date('2026-01-15T12:00:00.000Z');

const ids = new CallIds();

/** A call that was answered, of nobody and all in order unless said otherwise. */
export function aCall({ at = NOON, ...given }: Partial<FinishedCall> = {}): FinishedCall {
  const id = at === NOON ? ids.next(at) : new CallIds().next(at);
  return {
    ...id,
    requestId: requestIdOf(id),
    at: callTime(id.id),
    method: 'GET',
    path: '/v1/things',
    ip: '203.0.113.7',
    userAgent: 'curl/8.5.0',
    referrer: null,
    inboundRequestId: null,
    route: '/v1/things',
    requiredScopes: [],
    principal: null,
    suspect: null,
    presentedPrefix: null,
    code: null,
    floodedFrom: null,
    subjectKeyId: null,
    status: 200,
    latencyMicroseconds: 1_234,
    responseBytes: 2,
    ...given,
  };
}

/** The holder of an API key. */
export const aKeyHolder = (given: Partial<Principal> = {}): Principal => ({
  type: 'api_key',
  id: 'key_00000000000000000000000001',
  organizationId: 'org_00000000000000000000000001',
  userId: null,
  scopes: [],
  environment: 'live',
  expiresAt: null,
  realm: 'default',
  owner: { type: 'organization', id: 'org_00000000000000000000000001' },
  sessionId: null,
  credentialPrefix: 'ks_live_4fGh7jKl9mNp',
  keyName: 'nightly job',
  operator: false,
  ...given,
});
