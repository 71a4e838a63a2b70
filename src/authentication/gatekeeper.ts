import { Inject, Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';

import {
  AccessDeniedError,
  addressGroup,
  type Call,
  callOf,
  type Clock,
  CLOCK,
  type DenialCode,
  type Principal,
  PROBLEMS,
} from '../common';
import { ExposureReport } from '../keys';
import { type MissingScopes, type RouteAccess, ScopeCatalog, scopesOf, whatBars } from '../permissions';
import { RateLimiter, showLimits } from '../rate-limits';
import { browserHeaders, isPreflight } from './browser-calls';
import { type CredentialSources, type Presented, readCredential, type TokenSource } from './credential';
import { type Authentication, DualStrategy } from './dual.strategy';
import { isSameOrigin } from './same-origin';

export interface GateOptions extends CredentialSources {
  /** Where access tokens of people are accepted. */
  readonly jwtSources: readonly TokenSource[];
  /** Calls with a bad credential that one address may make in `FAILURE_WINDOW_SECONDS`. */
  readonly failedAuthLimit: number;
  /** Whether pages of other origins may call with keys. Default `false`. */
  readonly browsers?: boolean;
  /** `one`: every key that is not let in is answered as an unknown one, and the log knows why (seed K15). Default `specific`. */
  readonly unauthorizedClass?: 'specific' | 'one';
}

export const GATE_OPTIONS = Symbol('keystile:gate-options');

const FAILURE_WINDOW_SECONDS = 10;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A denial with what the log may know of the caller. */
type Denial = Exclude<Authentication, { outcome: 'valid' }>;

/** Who was let in; nobody in particular on public routes. */
export type Admission = Principal | undefined;

/** Decides every call: who makes it and whether they may. The request hook asks here, and the guard where there is no hook. */
@Injectable()
export class Gatekeeper {
  private readonly bars = new WeakMap<Principal, Map<RouteAccess, MissingScopes | null>>();

  constructor(
    private readonly strategy: DualStrategy,
    private readonly catalog: ScopeCatalog,
    private readonly limiter: RateLimiter,
    private readonly exposure: ExposureReport,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(GATE_OPTIONS) private readonly options: GateOptions,
  ) {}

  /** What an answer says to browsers. */
  browserHeaders(request: IncomingMessage): Record<string, string> {
    return this.options.browsers ? browserHeaders(request) : {};
  }

  /** A question of a browser, which is answered by headers alone. */
  isPreflight(request: IncomingMessage): boolean {
    return this.options.browsers === true && isPreflight(request);
  }

  /**
   * Lets the call in, notes in the log's record who makes it, and tells the caller how their limits stand. At once, without a promise,
   * where who calls is remembered.
   * @returns the caller; `undefined` on public routes
   * @throws AccessDeniedError
   */
  admit(request: IncomingMessage, access: RouteAccess): Admission | Promise<Admission> {
    const call = callOf(request);
    const reported = this.reportExposure(request, call);
    return reported ? reported.then(() => this.decide(request, access, false)) : this.decide(request, access, false);
  }

  /**
   * Asks again who makes a call that has been let in: its body took its time, and a key that was revoked meanwhile is revoked.
   * @returns the caller as they stand now
   * @throws AccessDeniedError
   */
  readmit(request: IncomingMessage, access: RouteAccess): Admission | Promise<Admission> {
    return this.decide(request, access, true);
  }

  /** Notes who calls a path that does not exist. The answer is 404 for everyone, and the row belongs to the caller. */
  async identify(request: IncomingMessage): Promise<void> {
    const call = callOf(request);
    await this.reportExposure(request, call);
    const authentication = await this.authenticate(request, call, undefined, false);
    if (authentication.outcome === 'valid') call.principal = authentication.principal;
    else note(call, authentication);
  }

  private decide(request: IncomingMessage, access: RouteAccess, isSecondLook: boolean): Admission | Promise<Admission> {
    const call = callOf(request);
    call.requiredScopes = scopesOf(access);
    if (access.kind === 'public') return undefined;
    const authentication = this.authenticate(request, call, access, isSecondLook);
    return authentication instanceof Promise
      ? authentication.then((settled) => this.conclude(call, access, isSecondLook, settled))
      : this.conclude(call, access, isSecondLook, authentication);
  }

  private conclude(call: Call, access: RouteAccess, isSecondLook: boolean, authentication: Authentication): Principal | Promise<never> {
    if (authentication.limits && !isSecondLook) showLimits(call.answerHeaders, authentication.limits);
    if (authentication.outcome !== 'valid') {
      call.principal = null;
      return this.deny(call, authentication);
    }
    const { principal } = authentication;
    const bar = this.barOf(principal, access);
    if (bar === null) {
      call.suspect = null;
      return (call.principal = principal);
    }
    call.principal = null;
    call.suspect = principal;
    throw insufficientScope(bar.scopes, bar.anyOf);
  }

  /** The steps of `api.md` 3 up to the rate limit. */
  private authenticate(
    request: IncomingMessage,
    call: Call,
    access: RouteAccess | undefined,
    isSecondLook: boolean,
  ): Authentication | Promise<Authentication> {
    const presented = readCredential(request, this.options);
    if (!('token' in presented)) return refused(UNREADABLE[presented.kind]);
    if (presented.kind === 'user_token') {
      if (!this.options.jwtSources.includes(presented.from)) return refused('invalid_token');
      if (presented.from === 'cookie' && !SAFE_METHODS.has(call.method) && !isSameOrigin(request.headers)) return refused('csrf_rejected');
    }
    const liveOnly = access !== undefined && access.kind !== 'public' && access.liveOnly;
    const facts = {
      ip: call.ip,
      referrer: request.headers.referer ?? request.headers.origin ?? null,
      method: call.method,
      path: pathOf(request),
      liveOnly,
    };
    const presentedCall = { credential: presented, facts, isSecondLook };
    return this.strategy.recall(presentedCall) ?? this.strategy.authenticateCall(presentedCall);
  }

  /** Decided once for each caller and route: a caller is another object when their scopes change. */
  private barOf(principal: Principal, access: RouteAccess): MissingScopes | null {
    let decided = this.bars.get(principal);
    if (!decided) this.bars.set(principal, (decided = new Map<RouteAccess, MissingScopes | null>()));
    let bar = decided.get(access);
    if (bar === undefined) {
      bar = whatBars(access, principal, (scope) => this.catalog.isForPeopleOnly(scope));
      decided.set(access, bar);
    }
    return bar;
  }

  /** Bad credentials are counted per address; past the limit they get 429, while a good one from there keeps working (A04.5). */
  private async deny(call: Call, denial: Denial): Promise<never> {
    note(call, denial);
    const { outcome, retryAfterSeconds } = denial;
    if (GUESSES.has(outcome)) {
      const limit = { limit: this.options.failedAuthLimit, windowSeconds: FAILURE_WINDOW_SECONDS };
      const from = addressGroup(call.ip);
      const taken = await this.limiter.take(`failed:${from}`, limit, this.clock.now());
      if (!taken.allowed) {
        call.floodedFrom = from;
        showLimits(call.answerHeaders, [{ name: 'address', ...limit, ...taken }]);
        throw new AccessDeniedError('rate_limited', { retryAfterSeconds: taken.retryAfterSeconds });
      }
    }
    const told = this.options.unauthorizedClass === 'one' && OF_A_KEY.has(outcome) ? 'invalid_api_key' : outcome;
    throw new AccessDeniedError(told, retryAfterSeconds === undefined ? {} : { retryAfterSeconds }, undefined, outcome);
  }

  private reportExposure({ url = '' }: IncomingMessage, call: Call): Promise<void> | undefined {
    const query = url.indexOf('?');
    return query < 0 ? undefined : this.exposure.report(url.slice(query + 1), call);
  }
}

const UNREADABLE = {
  nothing: 'missing_credentials',
  malformed: 'malformed_credentials',
  conflict: 'credential_conflict',
} as const satisfies Partial<Record<Presented['kind'], DenialCode>>;

/** What somebody who guesses would be told. */
const GUESSES: ReadonlySet<DenialCode> = new Set<DenialCode>(['invalid_api_key', 'invalid_token', 'malformed_credentials']);

/** Why a key whose secret matched is a key no more. */
const OF_A_KEY: ReadonlySet<DenialCode> = new Set<DenialCode>(['api_key_revoked', 'api_key_disabled', 'api_key_expired', 'owner_inactive']);

const refused = (outcome: DenialCode): Denial => ({ outcome, suspect: null, presentedPrefix: null });

function note(call: Call, { outcome, suspect, presentedPrefix }: Denial): void {
  call.suspect = suspect;
  call.presentedPrefix = presentedPrefix;
  call.code = outcome;
}

function insufficientScope(requiredScopes: readonly string[], anyOf: boolean): AccessDeniedError {
  const words = requiredScopes.length > 0 ? `: requires ${requiredScopes.join(anyOf ? ' or ' : ', ')}` : '';
  return new AccessDeniedError(
    'insufficient_scope',
    { requiredScopes, ...(anyOf ? { anyOf } : {}) },
    `${PROBLEMS.insufficient_scope.message}${words}`,
  );
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0]!;
