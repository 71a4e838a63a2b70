import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { attachCall, type Call, clientIp, type Clock, CLOCK, escapeControls, type IpAllowlist, redact } from '../common';
import { type CallId, CallIds, requestIdOf } from './call-id';

/** A call that has been answered, or given up by its caller. */
export interface FinishedCall extends Call, CallId {
  readonly status: number;
  readonly latencyMicroseconds: number;
  readonly responseBytes: number;
}

/** Where finished calls go. */
export interface CallSink {
  append(call: FinishedCall): void;
}

export const CALL_SINK = Symbol('keystile:call-sink');
export const TRUSTED_PROXIES = Symbol('keystile:trusted-proxies');

/** nginx's status for a caller that went away; it stands in the log only (`decisions.md` 7). */
const CLIENT_CLOSED_REQUEST = 499;

const LONGEST_PATH = 512;
const LONGEST_TEXT = 256;

/**
 * Makes one row of every call. It listens to the HTTP server itself, before any framework does: a middleware misses refused,
 * unmatched, oversized and malformed requests, and an interceptor misses everything that a guard refuses (`decisions.md` 4).
 */
@Injectable()
export class CallRecorder {
  private readonly ids = new CallIds();

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CALL_SINK) private readonly sink: CallSink,
    @Inject(TRUSTED_PROXIES) private readonly trustedProxies: IpAllowlist,
  ) {}

  /** Call it once, before the server listens. */
  recordCalls(server: Server): void {
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => this.begin(request, response));
  }

  private begin(request: IncomingMessage, response: ServerResponse): void {
    const startedAt = process.hrtime.bigint();
    const id = this.ids.next(this.clock.now());
    const call = this.describe(request, id);
    attachCall(request, call);
    response.setHeader('x-request-id', call.requestId);

    let responseBytes = 0;
    let recorded = false;
    const record = (status: number): void => {
      if (recorded) return;
      recorded = true;
      const latencyMicroseconds = Math.round(Number(process.hrtime.bigint() - startedAt) / 1_000);
      this.sink.append({ ...call, ...id, status, latencyMicroseconds, responseBytes });
    };
    countBytes(response, (bytes) => {
      responseBytes += bytes;
    });
    const { end } = response;
    response.end = function recordingEnd(this: ServerResponse, ...parameters: Parameters<ServerResponse['end']>) {
      record(response.destroyed || request.socket.destroyed ? CLIENT_CLOSED_REQUEST : response.statusCode);
      return end.apply(this, parameters);
    } as ServerResponse['end'];
    response.once('close', () => record(CLIENT_CLOSED_REQUEST));
  }

  private describe(request: IncomingMessage, id: CallId): Call {
    const { headers, method = '', url = '' } = request;
    return {
      requestId: requestIdOf(id),
      at: this.clock.now(),
      method,
      path: clean(url.split(/[?#]/, 1)[0]!, LONGEST_PATH),
      ip: clientIp(request.socket.remoteAddress, headers['x-forwarded-for'] as string | undefined, this.trustedProxies),
      userAgent: cleanOrNull(headers['user-agent']),
      referrer: cleanOrNull((headers.referer ?? headers.origin)?.split(/[?#]/, 1)[0]),
      inboundRequestId: cleanOrNull(headers['x-request-id'] as string | undefined),
      route: null,
      requiredScopes: [],
      principal: null,
      suspect: null,
      presentedPrefix: null,
      code: null,
      subjectKeyId: null,
    };
  }
}

/** Counts what `write` and `end` are given. HEAD answers count what they say they are, as their headers do. */
function countBytes(response: ServerResponse, add: (bytes: number) => void): void {
  for (const name of ['write', 'end'] as const) {
    const original = response[name] as (...parameters: unknown[]) => unknown;
    (response[name] as unknown) = function counting(this: ServerResponse, chunk: unknown, ...rest: unknown[]) {
      if (typeof chunk === 'string') add(Buffer.byteLength(chunk));
      else if (chunk instanceof Uint8Array) add(chunk.byteLength);
      return original.call(this, chunk, ...rest);
    };
  }
}

/** What comes from outside goes into the log on one line, without secrets and within bounds. */
const clean = (text: string, longest: number): string => escapeControls(redact(text)).slice(0, longest);
const cleanOrNull = (text: string | undefined): string | null => (text === undefined ? null : clean(text, LONGEST_TEXT));
