import type { CallLogView } from '../audit';
import { type DenialCode, PROBLEMS } from '../common';
import { type Check, NOWHERE } from './explain';
import type { CallExplanationView } from './explain.dto';
import type { Destination } from './explain.service';

/** Codes of the guard for calls that no key made, each with the checks that the call has passed by then. */
const READ: readonly DenialCode[] = ['credential_conflict', 'missing_credentials', 'malformed_credentials'];
const SIGNED_IN: readonly DenialCode[] = [...READ, 'csrf_rejected', 'token_expired', 'invalid_token'];
const PASSED_BEFORE: Readonly<Partial<Record<DenialCode, readonly DenialCode[]>>> = {
  credential_conflict: [],
  missing_credentials: ['credential_conflict'],
  malformed_credentials: ['credential_conflict', 'missing_credentials'],
  invalid_api_key: READ,
  csrf_rejected: READ,
  token_expired: [...READ, 'csrf_rejected'],
  // Whether it is too old as well nobody asks of a token that is not ours.
  invalid_token: READ,
  organization_suspended: SIGNED_IN,
  insufficient_scope: [...SIGNED_IN, 'organization_suspended'],
  rate_limited: [],
};

const NOT_REACHED = 'The call got no further: what later checks would have said cannot be known.';
const NOBODY = 'Whose credential it was is not known, and nothing else can be told of the caller.';

/** Of a call that no key of this organization made: what was answered tells which checks it had passed. */
export function explainWithoutKey(
  call: CallLogView,
  destination: Destination,
): Omit<CallExplanationView, 'requestId' | 'at' | 'keyId' | 'answered' | 'answeredCode' | 'keyChangedSince' | 'changedSince'> {
  const { status, route, requiredScopes } = call;
  const shared = { route, requiredScopes, scopes: [] };
  if (destination === 'nowhere') return { ...shared, ...NOWHERE, allowed: false, letIn: false, note: null };
  const isPublic = destination.access?.kind === 'public';
  const code = refusalOf(call) as DenialCode | null;
  const before = code === null || isPublic ? undefined : PASSED_BEFORE[code];
  if (code === null || !before) {
    const answer = code === null ? String(status) : `${status} (${code})`;
    const checks = call.principalType === 'user' && !isPublic ? passed([...SIGNED_IN, 'organization_suspended', 'insufficient_scope']) : [];
    return {
      ...shared,
      allowed: true,
      code: 'valid',
      checks,
      change: null,
      letIn: true,
      note: status < 400 ? null : byEndpoint('caller', answer),
    };
  }
  const { message, detail } = PROBLEMS[code];
  const isLast = code === 'insufficient_scope';
  return {
    ...shared,
    allowed: false,
    code,
    checks: [...passed(before), { check: code, passed: false, reason: message, fix: detail }],
    change: { patch: null, steps: [detail] },
    letIn: false,
    note: isLast ? null : call.organizationId === null ? `${NOT_REACHED} ${NOBODY}` : NOT_REACHED,
  };
}

/** Why a call was refused. The code of a verification that was answered is about the key that was asked about. */
export const refusalOf = ({ status, code }: CallLogView): string | null => (status < 400 ? null : code);

/** What the checks do not say. */
export const byEndpoint = (who: 'key' | 'caller', answer: string): string =>
  `The ${who} was let in: it was the endpoint that answered ${answer}.`;

const passed = (codes: readonly DenialCode[]): Check[] => codes.map((check) => ({ check, passed: true, reason: null, fix: null }));
