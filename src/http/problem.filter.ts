import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { findCall, Problem, type ProblemCode } from '../common';
import { asProblem, isDatabaseAway } from '../persistence';
import { problemBody, type ProblemWords } from './problem-words';

export const REALM = 'keystile';

/** Answers every refusal and every error, as `application/problem+json` (RFC 9457) with the challenge of RFC 6750. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Problem');

  constructor(private readonly words: ProblemWords = {}) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<AnyReply>();
    const call = findCall(request);
    const problem = toProblem(error);
    const isSent = 'sent' in reply ? reply.sent : reply.headersSent;
    if (isGivenUp(error, request, reply)) {
      if (!isSent) sendProblem(reply, problem, call?.requestId ?? null, this.words);
      return;
    }
    if (call) call.code = problem.loggedAs;
    if (problem.code === 'internal_error') this.logger.error(`${call?.requestId ?? ''} ${describe(error)}`);
    // That the database is away has been said once, by who found out; saying it for each call would be a flood.
    if (problem.code === 'unavailable' && !isDatabaseAway(problem.cause))
      this.logger.warn(`${call?.requestId ?? ''} ${describe(problem.cause ?? problem)}`);
    if (!isSent) sendProblem(reply, problem, call?.requestId ?? null, this.words);
  }
}

/** In an application whose other errors are answered by somebody else. */
@Catch(Problem)
export class OwnProblemFilter extends ProblemFilter {}

/** What the replies of Fastify and Express have in common. */
type AnyReply = FastifyReply | (ServerResponse & Pick<FastifyReply, 'header' | 'status' | 'send'>);

/** Answers a request whose path cannot be decoded: Fastify's router refuses it before any hook or filter runs. */
export function answerUnroutable(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const call = findCall(request);
  const problem = toProblem(error);
  if (call) call.code = problem.loggedAs;
  sendProblem(reply, problem, call?.requestId ?? null, {});
}

function sendProblem(reply: AnyReply, problem: Problem, requestId: string | null, words: ProblemWords): void {
  const challenge = challengeOf(problem);
  if (challenge) void reply.header('www-authenticate', challenge);
  const { retryAfterSeconds } = problem.extras;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(Math.max(1, retryAfterSeconds)));
  void reply.status(problem.status);
  void reply.header('content-type', `application/${words.body ? '' : 'problem+'}json; charset=utf-8`);
  void reply.header('cache-control', 'no-store');
  const body = problemBody(problem, requestId, words);
  void reply.send(words.body ? words.body(body) : body);
}

/** RFC 6750 §3: no `error` where no credential was sent, `scope` where another scope would have done. */
function challengeOf({ challenge, status, extras }: Problem): string | undefined {
  if (status !== 401 && challenge === undefined) return undefined;
  const scope = challenge === 'insufficient_scope' ? `, scope="${(extras.requiredScopes ?? []).join(' ')}"` : '';
  return `Bearer realm="${REALM}"${challenge ? `, error="${challenge}"` : ''}${scope}`;
}

/** What Fastify and Nest throw before or around our handlers, by status. Their texts may repeat the input and are dropped. */
const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'bad_request',
  401: 'missing_credentials',
  403: 'forbidden',
  404: 'not_found',
  405: 'not_found',
  406: 'bad_request',
  409: 'conflict',
  413: 'payload_too_large',
  414: 'bad_request',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  503: 'unavailable',
};

export function toProblem(error: unknown): Problem {
  const known = asProblem(error);
  if (known instanceof Problem) return known;
  const status = error instanceof HttpException ? error.getStatus() : (error as { statusCode?: unknown } | null)?.statusCode;
  const code = (typeof status === 'number' ? BY_STATUS[status] : undefined) ?? 'internal_error';
  return new Problem(code, {}, undefined, { cause: error });
}

/** How a body that is read, or an answer that is streamed, says that its connection is over. A database may say the same of its own. */
const CONNECTION_OVER: ReadonlySet<unknown> = new Set(['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET']);

/** Whether it went wrong because the caller went away: nobody hears of it, and nothing of ours has failed. */
function isGivenUp(error: unknown, request: FastifyRequest | IncomingMessage, reply: AnyReply): boolean {
  if (!CONNECTION_OVER.has((error as { code?: unknown } | null)?.code)) return false;
  const [incoming, response] = ['raw' in request ? request.raw : request, 'raw' in reply ? reply.raw : reply];
  // Node takes the socket from a request whose body nobody reads any more.
  const { socket } = incoming as { readonly socket: IncomingMessage['socket'] | null };
  return response.destroyed || socket?.destroyed === true;
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
