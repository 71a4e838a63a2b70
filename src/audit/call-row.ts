import type { Suspect } from '../common';
import type { CallLog, TermKind } from './call-log.entity';
import type { TermNumbers, Terms } from './call-terms';
import type { FinishedCall } from './finished-call';

const DEFAULT_REALM = 'default';
const LONGEST_METHOD = 16;
const LONGEST_PREFIX = 40;

/** Whose call it was: whoever was let in, or whose secret matched. `null` for everybody else, whatever they claimed to be. */
export const callerOf = ({ principal, suspect }: FinishedCall): Suspect | null => principal ?? suspect;

interface NamedBy {
  readonly kind: TermKind;
  /** Nothing, or `''`, for a call without. */
  readonly textOf: (call: FinishedCall) => string | null | undefined;
}

/** The columns that name a text by its number. */
const TERMS = {
  organizationNumber: { kind: 'organization', textOf: (call) => callerOf(call)?.organizationId },
  keyNumber: { kind: 'key', textOf: (call) => keyOf(call)?.id },
  keyNameNumber: { kind: 'key_name', textOf: (call) => keyOf(call)?.keyName },
  userNumber: { kind: 'user', textOf: (call) => callerOf(call)?.userId },
  subjectKeyNumber: { kind: 'key', textOf: (call) => call.subjectKeyId },
  realmNumber: { kind: 'realm', textOf: (call) => callerOf(call)?.realm ?? DEFAULT_REALM },
  routeNumber: { kind: 'route', textOf: (call) => call.route },
  userAgentNumber: { kind: 'user_agent', textOf: (call) => call.userAgent },
  requiredScopesNumber: { kind: 'scopes', textOf: (call) => call.requiredScopes.join(' ') },
} as const satisfies Partial<Record<keyof CallLog, NamedBy>>;

const ALL_TERMS = Object.values(TERMS);

/** The texts that the rows of calls need numbers for, each once. */
export function termsOf(calls: Iterable<FinishedCall>): Terms {
  const terms: Terms = new Map();
  for (const { kind } of ALL_TERMS) terms.set(kind, new Set());
  for (const call of calls) {
    for (const { kind, textOf } of ALL_TERMS) {
      const text = textOf(call);
      if (text) terms.get(kind)!.add(text);
    }
  }
  return terms;
}

/** What is written of a call. */
export type CallRow = { readonly [Property in keyof CallLog]: CallLog[Property] };

/** The row of a call. */
export function rowOf(call: FinishedCall, numbers: TermNumbers): CallRow {
  const caller = callerOf(call);
  const number = (column: keyof typeof TERMS): number | null => {
    const { kind, textOf } = TERMS[column];
    const text = textOf(call);
    return text ? numbers.of(kind, text) : null;
  };
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

/** What came in as a key's beginning need not have been one. */
const visibleAscii = (text: string | null, longest: number): string | null =>
  text === null ? null : text.replace(/[^\x21-\x7e]/g, '?').slice(0, longest);
