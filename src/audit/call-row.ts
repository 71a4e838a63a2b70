import type { Suspect } from '../common';
import type { CallLog } from './call-log.entity';
import type { FinishedCall } from './finished-call';
import type { Term, TermNumbers } from './call-terms';

const DEFAULT_REALM = 'default';
const LONGEST_METHOD = 16;
const LONGEST_PREFIX = 40;

/** Whose call it was: whoever was let in, or whose secret matched. `null` for everybody else, whatever they claimed to be. */
export const callerOf = ({ principal, suspect }: FinishedCall): Suspect | null => principal ?? suspect;

/** The columns that name a text by its number. */
const TERMS = {
  organizationNumber: (call) => term('organization', callerOf(call)?.organizationId),
  keyNumber: (call) => term('key', keyOf(call)?.id),
  keyNameNumber: (call) => term('key_name', keyOf(call)?.keyName),
  userNumber: (call) => term('user', callerOf(call)?.userId),
  subjectKeyNumber: (call) => term('key', call.subjectKeyId),
  realmNumber: (call) => term('realm', callerOf(call)?.realm ?? DEFAULT_REALM),
  routeNumber: (call) => term('route', call.route),
  userAgentNumber: (call) => term('user_agent', call.userAgent),
  requiredScopesNumber: (call) => term('scopes', call.requiredScopes.length > 0 ? call.requiredScopes.join(' ') : null),
} as const satisfies Partial<Record<keyof CallLog, (call: FinishedCall) => Term | null>>;

/** The texts that a call's row needs numbers for. */
export const termsOf = (call: FinishedCall): Term[] => Object.values(TERMS).flatMap((termOf) => termOf(call) ?? []);

/** What is written of a call. */
export type CallRow = { readonly [Property in keyof CallLog]: CallLog[Property] };

/** The row of a call. */
export function rowOf(call: FinishedCall, numbers: TermNumbers): CallRow {
  const caller = callerOf(call);
  const number = (column: keyof typeof TERMS): number | null => numbers.of(TERMS[column](call));
  return {
    id: call.id,
    tail: call.tail,
    organizationNumber: number('organizationNumber'),
    principalType: caller ? (caller.type === 'user' ? 'u' : 'k') : '-',
    keyNumber: number('keyNumber'),
    keyNameNumber: number('keyNameNumber'),
    credentialPrefix: visibleAscii(caller?.credentialPrefix ?? call.presentedPrefix, LONGEST_PREFIX),
    userNumber: number('userNumber'),
    subjectKeyNumber: number('subjectKeyNumber'),
    realmNumber: number('realmNumber')!,
    method: call.method.slice(0, LONGEST_METHOD),
    routeNumber: number('routeNumber'),
    path: call.path,
    status: call.status,
    code: call.code,
    latencyMicroseconds: call.latencyMicroseconds,
    ip: call.ip,
    userAgentNumber: number('userAgentNumber'),
    referrer: call.referrer,
    environment: caller ? (caller.environment === 'test' ? 't' : 'l') : null,
    requiredScopesNumber: number('requiredScopesNumber'),
    responseBytes: call.responseBytes,
    inboundRequestId: call.inboundRequestId,
    calls: 1,
  };
}

function keyOf(call: FinishedCall): Suspect | null {
  const caller = callerOf(call);
  return caller?.type === 'api_key' ? caller : null;
}

const term = (kind: Term['kind'], value: string | null | undefined): Term | null => (value ? { kind, value } : null);

/** What came in as a key's beginning need not have been one. */
const visibleAscii = (text: string | null, longest: number): string | null =>
  text === null ? null : text.replace(/[^\x21-\x7e]/g, '?').slice(0, longest);
