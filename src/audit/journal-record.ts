import type { Suspect } from '../common';
import { type CallId, callTime, requestIdOf } from './call-id';
import type { CallSoFar, FinishedCall } from './finished-call';

/** One line of the journal. */
export interface JournalRecord {
  /** 1, 2, 3 … in each start of the process, without a gap. */
  readonly sequence: number;
  readonly call: FinishedCall;
  readonly stage: Stage;
}

/**
 * `whole`: the only line of a call. `begun`: the first line of a streamed one. `more`: one more call that the row of the named one
 * counts, see `RefusalFold`. Else the second line of a streamed one, and what the first one said.
 */
export type Stage = 'whole' | 'begun' | 'more' | CallSoFar;

const STAGES = ['whole', 'begun', 'more'] as const;

export function encodeRecord(sequence: number, call: FinishedCall, stage: Stage): string {
  const before = JSON.stringify([
    sequence,
    call.id,
    call.tail,
    call.method,
    call.path,
    call.ip,
    call.userAgent,
    call.referrer,
    call.inboundRequestId,
    call.route,
    call.requiredScopes,
  ]);
  const after = JSON.stringify([
    call.presentedPrefix,
    call.code,
    call.subjectKeyId,
    call.status,
    call.latencyMicroseconds,
    call.responseBytes,
    typeof stage === 'string' ? STAGES.indexOf(stage) : [stage.status, stage.code, stage.latencyMicroseconds],
  ]);
  return `${before.slice(0, -1)},${encodedCaller(call.principal)},${encodedCaller(call.suspect)},${after.slice(1)}`;
}

const encoded = new WeakMap<Suspect, string>();

/** Once for each object: whoever is remembered from call to call is one. */
function encodedCaller(caller: Suspect | null): string {
  if (caller === null) return 'null';
  let text = encoded.get(caller);
  if (text === undefined) encoded.set(caller, (text = JSON.stringify(whoCalled(caller))));
  return text;
}

/** What the log says about a caller, and nothing else of what is known about him. */
const whoCalled = ({ type, id, organizationId, userId, environment, credentialPrefix, keyName, realm }: Suspect): Caller => [
  type,
  id,
  organizationId,
  userId,
  environment,
  credentialPrefix,
  keyName,
  realm,
];

type Caller = [
  Suspect['type'],
  string,
  Suspect['organizationId'],
  Suspect['userId'],
  Suspect['environment'],
  Suspect['credentialPrefix'],
  Suspect['keyName'],
  Suspect['realm'],
];

type Fields = [
  sequence: number,
  id: number,
  tail: number,
  method: string,
  path: string,
  ip: string,
  userAgent: string | null,
  referrer: string | null,
  inboundRequestId: string | null,
  route: string | null,
  requiredScopes: string[],
  principal: Caller | null,
  suspect: Caller | null,
  presentedPrefix: string | null,
  code: string | null,
  subjectKeyId: string | null,
  status: number,
  latencyMicroseconds: number,
  responseBytes: number,
  stage: 0 | 1 | 2 | [status: number, code: string | null, latencyMicroseconds: number],
];

export function decodeRecord(payload: string): JournalRecord {
  const [sequence, id, tail, method, path, ip, userAgent, referrer, inboundRequestId, route, requiredScopes, principal, suspect, ...rest] =
    JSON.parse(payload) as Fields;
  const [presentedPrefix, code, subjectKeyId, status, latencyMicroseconds, responseBytes, stage] = rest;
  const callId: CallId = { id, tail };
  // Spread in here, the id would cost six times as long as everything else.
  const call: FinishedCall = {
    id,
    tail,
    requestId: requestIdOf(callId),
    at: callTime(id),
    method,
    path,
    ip,
    userAgent,
    referrer,
    inboundRequestId,
    route,
    requiredScopes,
    principal: principal && callerFrom(principal),
    suspect: suspect && callerFrom(suspect),
    presentedPrefix,
    code,
    floodedFrom: null,
    subjectKeyId,
    status,
    latencyMicroseconds,
    responseBytes,
  };
  return { sequence, call, stage: typeof stage === 'number' ? STAGES[stage] : soFar(stage) };
}

const soFar = ([status, code, latencyMicroseconds]: [number, string | null, number]): CallSoFar => ({ status, code, latencyMicroseconds });

const callerFrom = ([type, id, organizationId, userId, environment, credentialPrefix, keyName, realm]: Caller): Suspect => ({
  type,
  id,
  organizationId,
  userId,
  environment,
  credentialPrefix,
  keyName,
  realm,
});
