import { Inject, Injectable } from '@nestjs/common';
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';

import {
  attachCall,
  type Call,
  clientIp,
  type Clock,
  CLOCK,
  escapeControls,
  findCall,
  type IpAllowlist,
  Problem,
  RecentlyUsed,
  redact,
} from '../common';
import { type EndParameters, problemBody, ServedResponse, type WriteParameters } from '../http';
import { type CallId, CallIds, requestIdOf } from './call-id';
import { CALL_SINK, type CallSink } from './finished-call';
import { HeldAnswer, type UnfinishedCall, type WaysOut } from './held-answer';

export const TRUSTED_PROXIES = Symbol('keystile:trusted-proxies');

const LONGEST_PATH = 512;
const LONGEST_TEXT = 256;

/** What comes with every call of a caller is looked at once. */
const MOST_REMEMBERED = 2_000;
const LONGEST_REMEMBERED = 512;

const NO_SCOPES: readonly string[] = [];

/** One object from the beginning of a call to its row: what is known at the end is filled in. */
type RecordedCall = Call & UnfinishedCall;

/**
 * Makes one row of every call. It listens to the HTTP server itself, before any framework does: a middleware misses refused,
 * unmatched, oversized and malformed requests, and an interceptor misses everything that a guard refuses (`decisions.md` 4).
 */
@Injectable()
export class CallRecorder {
  private readonly ids = new CallIds();
  private readonly peers = new RecentlyUsed<string, string>(MOST_REMEMBERED);
  private readonly texts = new RecentlyUsed<string, string>(MOST_REMEMBERED);

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CALL_SINK) private readonly sink: CallSink,
    @Inject(TRUSTED_PROXIES) private readonly trustedProxies: IpAllowlist,
  ) {}

  /**
   * Call it once, before the server listens, for each server that answers for the application.
   * @param unrecorded paths that are answered, without a row, while no other call may be: a monitoring system's
   */
  recordCalls(server: Server, unrecorded: ReadonlySet<string> = new Set()): void {
    const emit = server.emit.bind(server) as (event: string, ...parameters: unknown[]) => boolean;
    server.emit = (event: string, ...parameters: unknown[]): boolean => {
      const isCall = event === 'request' || event === 'checkExpectation';
      if (isCall && this.sink.isRefusing) {
        const [request, response] = parameters as [IncomingMessage, ServerResponse];
        if (!unrecorded.has(pathOf(request))) return this.refuse(response);
      }
      return emit(event, ...parameters);
    };
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      this.begin(request, response, !this.sink.isRefusing);
    });
    // Without a listener Node answers this one by itself, and no row would tell of it.
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      this.begin(request, response, !this.sink.isRefusing);
      response.writeHead(417).end();
    });
  }

  /**
   * For one call that came past `recordCalls`: one that a test injects, or one of a server of which not every call is ours.
   * @throws Problem `unavailable` while no row can be kept
   */
  recordCall(request: IncomingMessage, response: ServerResponse): void {
    if (findCall(request)) return;
    if (this.sink.isRefusing) {
      this.sink.countRefused();
      throw new Problem('unavailable', { retryAfterSeconds: 1 });
    }
    this.begin(request, response, true);
  }

  /** Before any handler: what it would have done could not be told afterwards. These have no row. */
  private refuse(response: ServerResponse): true {
    this.sink.countRefused();
    const problem = new Problem('unavailable', { retryAfterSeconds: 1 });
    response.writeHead(problem.status, {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'retry-after': '1',
    });
    response.end(JSON.stringify(problemBody(problem, null)));
    return true;
  }

  private begin(request: IncomingMessage, response: ServerResponse, isRecorded: boolean): void {
    const startedAt = performance.now();
    const now = this.clock.now();
    const id = this.ids.next(now);
    const call = this.describe(request, id, now);
    attachCall(request, call);
    if (response instanceof ServedResponse) {
      response.ownHeaders = call.answerHeaders;
      if (!isRecorded) return;
      response.keeper = new HeldAnswer(request, response, this.sink, call, startedAt, ServerResponse.prototype);
      response.on('close', closed);
      return;
    }
    sendHeaders(response, call.answerHeaders);
    if (isRecorded) hold(response, (waysOut) => new HeldAnswer(request, response, this.sink, call, startedAt, waysOut));
  }

  private describe(request: IncomingMessage, id: CallId, at: Date): RecordedCall {
    const { headers, method = '' } = request;
    const requestId = requestIdOf(id);
    return {
      id: id.id,
      tail: id.tail,
      requestId,
      at,
      method,
      path: loggedPath(pathOf(request)),
      ip: this.addressOf(request),
      userAgent: this.textOf(headers['user-agent']),
      referrer: cleanOrNull((headers.referer ?? headers.origin)?.split(/[?#]/, 1)[0]),
      inboundRequestId: cleanOrNull(headers['x-request-id'] as string | undefined),
      route: null,
      answerHeaders: { 'x-request-id': requestId },
      requiredScopes: NO_SCOPES,
      principal: null,
      suspect: null,
      presentedPrefix: null,
      code: null,
      floodedFrom: null,
      subjectKeyId: null,
      status: 0,
      latencyMicroseconds: 0,
      responseBytes: 0,
    };
  }

  private addressOf({ socket: { remoteAddress: peer = '' }, headers }: IncomingMessage): string {
    const forwardedFor = headers['x-forwarded-for'] as string | undefined;
    if (forwardedFor !== undefined) return clientIp(peer, forwardedFor, this.trustedProxies);
    let ip = this.peers.get(peer);
    if (ip === undefined) this.peers.set(peer, (ip = clientIp(peer, undefined, this.trustedProxies)));
    return ip;
  }

  private textOf(text: string | undefined): string | null {
    if (!text || text.length > LONGEST_REMEMBERED) return cleanOrNull(text);
    let cleaned = this.texts.get(text);
    if (cleaned === undefined) this.texts.set(text, (cleaned = clean(text, LONGEST_TEXT)));
    return cleaned;
  }
}

/**
 * Adds headers as the answer is written. One that is set before makes Node read all the others twice: it keeps those that are set one
 * by one apart from those that come with the status.
 */
function sendHeaders(response: ServerResponse, own: Readonly<Record<string, string>>): void {
  const writeHead = response.writeHead.bind(response) as (status: number, ...rest: unknown[]) => ServerResponse;
  response.writeHead = (status: number, ...rest: unknown[]) => {
    const [headers] = rest;
    if (rest.length === 1 && typeof headers === 'object' && headers !== null && !Array.isArray(headers)) {
      return writeHead(status, Object.assign({}, own, headers));
    }
    for (const name of Object.keys(own)) if (!response.hasHeader(name)) response.setHeader(name, own[name]!);
    return writeHead(status, ...rest);
  };
}

/** Puts a keeper before the ways out of a response that has no place for one. */
function hold(response: ServerResponse, keeperOf: (waysOut: WaysOut) => HeldAnswer): void {
  const waysOut = {
    write: response.write.bind(response),
    flushHeaders: response.flushHeaders.bind(response),
    end: response.end.bind(response),
  };
  const answer = keeperOf(waysOut);
  response.write = ((...parameters: WriteParameters) => answer.write(parameters)) as ServerResponse['write'];
  response.flushHeaders = () => answer.flushHeaders();
  response.end = ((...parameters: EndParameters) => {
    answer.end(parameters);
    if (answer.hasEnded) Object.defineProperty(response, 'writableEnded', { value: true, configurable: true });
    return response;
  }) as ServerResponse['end'];
  response.on('close', () => answer.closed());
}

/** One for all of them. */
function closed(this: ServedResponse): void {
  (this.keeper as HeldAnswer).closed();
}

/** What comes from outside goes into the log on one line, without secrets and within bounds. */
const clean = (text: string, longest: number): string => escapeControls(redact(text)).slice(0, longest);
const cleanOrNull = (text: string | undefined): string | null => (text ? clean(text, LONGEST_TEXT) : null);

const pathOf = ({ url = '' }: IncomingMessage): string => url.split(/[?#]/, 1)[0]!;

/** A path as the log keeps it. */
export const loggedPath = (path: string): string => clean(path, LONGEST_PATH);
