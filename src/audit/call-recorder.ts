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

  /** Call it once, before the server listens, for each server that answers for the application. */
  recordCalls(server: Server): void {
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => this.begin(request, response));
    // Without a listener Node answers this one by itself, and no row would tell of it.
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      this.begin(request, response);
      response.writeHead(417).end();
    });
  }

  private begin(request: IncomingMessage, response: ServerResponse): void {
    const startedAt = performance.now();
    const now = this.clock.now();
    const id = this.ids.next(now);
    const call = this.describe(request, id, now);
    attachCall(request, call);
    response.setHeader('x-request-id', call.requestId);
    watch(request, response, (status, responseBytes) => {
      const latencyMicroseconds = Math.max(0, Math.round((performance.now() - startedAt) * 1_000));
      this.sink.append({ ...call, ...id, status, latencyMicroseconds, responseBytes });
    });
  }

  private describe(request: IncomingMessage, id: CallId, at: Date): Call {
    const { headers, method = '', url = '' } = request;
    return {
      requestId: requestIdOf(id),
      at,
      method,
      path: loggedPath(url.split(/[?#]/, 1)[0]!),
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

/**
 * Calls `done` once: when the last byte of the answer is handed over, or when the connection is gone before that. Node's own
 * `end` does not go through `write`, so each byte is counted once.
 */
function watch(request: IncomingMessage, response: ServerResponse, done: (status: number, bytes: number) => void): void {
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  let bytes = 0;
  let isDone = false;
  const finish = (status: number): void => {
    if (isDone) return;
    isDone = true;
    done(status, hasBody(request, response) ? bytes : 0);
  };
  response.write = ((...parameters: Parameters<typeof write>) => {
    const flowing = write(...parameters);
    bytes += sizeOf(parameters[0], parameters[1]);
    return flowing;
  }) as typeof write;
  response.end = ((...parameters: Parameters<typeof end>) => {
    const status = response.destroyed || request.socket.destroyed ? CLIENT_CLOSED_REQUEST : response.statusCode;
    // First, because it throws on what cannot be sent, and then somebody ends it again in another way.
    const ended = end(...parameters);
    bytes += sizeOf(parameters[0], parameters[1]);
    finish(status);
    return ended;
  }) as typeof end;
  response.once('close', () => finish(CLIENT_CLOSED_REQUEST));
}

/** RFC 9110 §6.4.1: what a handler sends there never leaves. */
const hasBody = ({ method }: IncomingMessage, { statusCode }: ServerResponse): boolean =>
  method !== 'HEAD' && statusCode !== 204 && statusCode !== 304;

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === 'string') return Buffer.byteLength(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}

/** What comes from outside goes into the log on one line, without secrets and within bounds. */
const clean = (text: string, longest: number): string => escapeControls(redact(text)).slice(0, longest);
const cleanOrNull = (text: string | undefined): string | null => (text ? clean(text, LONGEST_TEXT) : null);

/** A path as the log keeps it. */
export const loggedPath = (path: string): string => clean(path, LONGEST_PATH);
