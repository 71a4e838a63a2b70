import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor, Optional } from '@nestjs/common';
import { HTTP_CODE_METADATA } from '@nestjs/common/constants.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { catchError, from, mergeMap, type Observable } from 'rxjs';

import { canonicalJson } from '../audit';
import { callOf, invalidField, type Principal } from '../common';
import { etagOf, IDEMPOTENT_REPLAY_CHECK, type IdempotentReplayCheck, toProblem } from '../http';
import { InterceptsChanges } from '../permissions';
import { isRetryable, isUndone } from '../persistence';
import { IdempotencyRecords } from './idempotency-records';
import type { RepeatIdentity, StoredAnswer } from './sealed-answer';

type Request = FastifyRequest & { readonly principal?: Principal };

const HEADER = 'idempotency-key';
const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;
const STATUSES_THAT_CREATE: ReadonlyArray<number | undefined> = [undefined, 201, 202];
const KEPT_HEADERS = ['location', 'etag', 'cache-control'];

/**
 * Answers the repeat of a POST that creates, told by its `Idempotency-Key`, with what the first one got (`decisions.md` 13).
 * Multipart uploads are not covered: their body is still a stream when the handler begins.
 */
@Injectable()
@InterceptsChanges()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    @Inject(IdempotencyRecords) private readonly records: IdempotencyRecords,
    @Optional() @Inject(IDEMPOTENT_REPLAY_CHECK) private readonly replayCheck?: IdempotentReplayCheck,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<Request>();
    const { principal } = request;
    if (request.headers[HEADER] === undefined || !principal || !createsOnce(context, request)) return next.handle();
    const header = readHeader(request.headers[HEADER]);
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const identity = identify(request, principal, header);
    return from(this.records.reserve(identity, requestDigest(request))).pipe(
      mergeMap((reservation) =>
        reservation.outcome === 'replay'
          ? from(this.replay(request, principal, reply, reservation.answer))
          : this.run(identity, reply, next),
      ),
    );
  }

  private run(identity: RepeatIdentity, reply: FastifyReply, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError(async (error: unknown) => {
        if (changedNothing(error)) await this.records.giveUp(identity);
        throw error;
      }),
      mergeMap(async (body: unknown) => {
        await this.records.finish(identity, { status: reply.statusCode, headers: keptHeaders(reply, body), body });
        return body;
      }),
    );
  }

  private async replay(request: Request, principal: Principal, reply: FastifyReply, answer: StoredAnswer): Promise<unknown> {
    await this.replayCheck?.requireReplayable(principal, { path: pathOf(request), location: answer.headers.location });
    void reply.status(answer.status).headers({ ...answer.headers, 'idempotency-replayed': 'true' });
    return answer.body;
  }
}

function createsOnce(context: ExecutionContext, { method, headers }: Request): boolean {
  if (method !== 'POST' || headers['content-type']?.toLowerCase().startsWith('multipart/')) return false;
  return STATUSES_THAT_CREATE.includes(Reflect.getMetadata(HTTP_CODE_METADATA, context.getHandler()) as number | undefined);
}

function readHeader(header: unknown): string {
  if (typeof header === 'string' && VISIBLE_ASCII.test(header)) return header;
  throw invalidField('/Idempotency-Key', 'must be a header of 1 to 255 visible ASCII characters');
}

/** People are one principal in each of their organizations, keys in their realm. */
function identify(request: Request, { realm, organizationId, type, id }: Principal, header: string): RepeatIdentity {
  const principal = JSON.stringify([realm, organizationId, type, id]);
  return { id: sha256(JSON.stringify([principal, callOf(request).route, header])), header, principal };
}

const requestDigest = (request: Request): string => sha256(canonicalJson([request.method, pathOf(request), request.body ?? null]));

const pathOf = ({ url }: Request): string => url.split('?', 1)[0]!;

function keptHeaders(reply: FastifyReply, body: unknown): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = name === 'etag' ? etagOf(body) : reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
}

/** A refusal comes before the change or undoes it. Of any other error nobody knows whether it struck before the commit or after. */
function changedNothing(error: unknown): boolean {
  const { status, cause } = toProblem(error);
  return status < 500 || isRetryable(cause) || isUndone(error);
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
