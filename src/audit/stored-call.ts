import type { Suspect } from '../common';
import { callTime, requestIdOf } from './call-id';
import type { FinishedCall } from './finished-call';

/** Who called, as far as those need it who hear of stored calls. */
export type StoredCaller = Pick<Suspect, 'type' | 'id' | 'environment' | 'credentialPrefix'>;

/** What is told of a call once its row is stored. */
export interface StoredCall extends Pick<
  FinishedCall,
  'requestId' | 'at' | 'method' | 'route' | 'ip' | 'status' | 'code' | 'latencyMicroseconds' | 'subjectKeyId'
> {
  readonly principal: StoredCaller | null;
  readonly suspect: StoredCaller | null;
}

type Told = [
  id: number,
  tail: number,
  method: string,
  route: string | null,
  ip: string,
  status: number,
  code: string | null,
  latencyMicroseconds: number,
  subjectKeyId: string | null,
  principal: StoredCaller | null,
  suspect: StoredCaller | null,
];

/** Of so many calls a text is read without holding anybody up. */
const TOLD_AT_ONCE = 1_000;

/** As texts: copying them to another thread costs a tenth of copying the calls. */
export const encodeStored = (calls: readonly FinishedCall[]): string[] =>
  Array.from({ length: Math.ceil(calls.length / TOLD_AT_ONCE) }, (_, i) =>
    JSON.stringify(calls.slice(i * TOLD_AT_ONCE, (i + 1) * TOLD_AT_ONCE).map(toldOf)),
  );

export const decodeStored = (text: string): StoredCall[] => (JSON.parse(text) as Told[]).map(storedCall);

const toldOf = (call: FinishedCall): Told => [
  call.id,
  call.tail,
  call.method,
  call.route,
  call.ip,
  call.status,
  call.code,
  call.latencyMicroseconds,
  call.subjectKeyId,
  callerOf(call.principal),
  callerOf(call.suspect),
];

const callerOf = (caller: Suspect | null): StoredCaller | null =>
  caller && { type: caller.type, id: caller.id, environment: caller.environment, credentialPrefix: caller.credentialPrefix };

function storedCall([id, tail, method, route, ip, status, code, latencyMicroseconds, subjectKeyId, principal, suspect]: Told): StoredCall {
  const requestId = requestIdOf({ id, tail });
  return { requestId, at: callTime(id), method, route, ip, status, code, latencyMicroseconds, subjectKeyId, principal, suspect };
}
