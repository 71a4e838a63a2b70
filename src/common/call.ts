import type { IncomingMessage } from 'node:http';

import type { Principal } from './principal';

/** One call to the service while it is being answered: what the log will say about it. */
export interface Call {
  /** `req_…`, minted here whatever came in; sent as `X-Request-Id`. */
  readonly requestId: string;
  readonly at: Date;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The caller's address as every check sees it; `''` where a trusted proxy sent a chain that cannot be read. */
  readonly ip: string;
  readonly userAgent: string | null;
  readonly referrer: string | null;
  /** The caller's own `X-Request-Id`: kept beside ours, never used as one (`decisions.md` 6). */
  readonly inboundRequestId: string | null;

  /** The pattern that matched, `null` for paths that do not exist. */
  route: string | null;
  /** What the answer says to the caller, whoever writes it: the names in lower case. */
  readonly answerHeaders: Record<string, string>;
  requiredScopes: readonly string[];
  principal: Principal | null;
  /** Of a refused call: whose key or session it was, as far as the secret proved it. */
  suspect: Suspect | null;
  /** The public beginning of what was presented, even where it matched nothing. */
  presentedPrefix: string | null;
  /** Why it was refused; of `verify`, why the key that was asked about is not valid. */
  code: string | null;
  /** Of a call that was refused because too many bad credentials came from its address: what counts as one address there. */
  floodedFrom: string | null;
  /** Of `verify`: the key that was asked about (`decisions.md` 14). */
  subjectKeyId: string | null;
}

/** Somebody whose secret matched, but who was refused all the same. */
export type Suspect = Pick<
  Principal,
  'type' | 'id' | 'organizationId' | 'userId' | 'environment' | 'credentialPrefix' | 'keyName' | 'realm'
>;

const CALL = Symbol('keystile:call');

type Carrier = IncomingMessage & { [CALL]?: Call };

export const attachCall = (request: IncomingMessage, call: Call): void => {
  (request as Carrier)[CALL] = call;
};

/**
 * The call that a request is, on either adapter.
 * @throws Error for a request that did not come through the server that records calls
 */
export function callOf(request: { readonly raw: IncomingMessage } | IncomingMessage): Call {
  const call = findCall(request);
  if (!call) throw new Error('This request is not being recorded: recordCalls(server) has to run before the server listens');
  return call;
}

export const findCall = (request: { readonly raw: IncomingMessage } | IncomingMessage): Call | undefined =>
  ('raw' in request ? (request.raw as Carrier) : (request as Carrier))[CALL];
