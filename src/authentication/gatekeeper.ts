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
import { type RouteAccess, ScopeCatalog, scopesOf, whatBars } from '../permissions';
import { RateLimiter } from '../rate-limits';
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

/** Decides every call: who makes it and whether they may. The request hook asks here, and the guard where there is no hook. */
@Injectable()
export class Gatekeeper {
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
   * Lets the call in and notes in the log's record who makes it.
   * @returns the caller; `undefined` on public routes
   * @throws AccessDeniedError
   */
  async admit(request: IncomingMessage, access: RouteAccess): Promise<Principal | undefined> {
    await this.reportExposure(request, callOf(request));
    return this.decide(request, access, false);
  }

  /**
   * Asks again who makes a call that has been let in: its body took its time, and a key that was revoked meanwhile is revoked.
   * @returns the caller as they stand now
   * @throws AccessDeniedError
   */
  async readmit(request: IncomingMessage, access: RouteAccess): Promise<Principal | undefined> {
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

  private async decide(request: IncomingMessage, access: RouteAccess, isSecondLook: boolean): Promise<Principal | undefined> {
    const call = callOf(request);
    call.requiredScopes = scopesOf(access);
    if (access.kind === 'public') return undefined;
    const authentication = await this.authenticate(request, call, access, isSecondLook);
    if (authentication.outcome !== 'valid') {
      call.principal = null;
      return this.deny(call, authentication);
    }
    const { principal } = authentication;
    const refusal = this.refuseScope(principal, access);
    call.principal = refusal ? null : principal;
    call.suspect = refusal ? principal : null;
    if (refusal) throw refusal;
    return principal;
  }

  /** The steps of `api.md` 3 up to the rate limit. */
  private async authenticate(
    request: IncomingMessage,
    call: Call,
    access: RouteAccess | undefined,
    isSecondLook: boolean,
  ): Promise<Authentication> {
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
    return this.strategy.authenticateCall({ credential: presented, facts, isSecondLook });
  }

  private refuseScope(principal: Principal, access: RouteAccess): AccessDeniedError | undefined {
    const bar = whatBars(access, principal, (scope) => this.catalog.isForPeopleOnly(scope));
    return bar ? insufficientScope(bar.scopes, bar.anyOf) : undefined;
  }

  /** Bad credentials are counted per address; past the limit they get 429, while a good one from there keeps working (A04.5). */
  private deny(call: Call, denial: Denial): never {
    note(call, denial);
    const { outcome, retryAfterSeconds } = denial;
    if (GUESSES.has(outcome)) {
      const limit = { limit: this.options.failedAuthLimit, windowSeconds: FAILURE_WINDOW_SECONDS };
      const taken = this.limiter.take(`failed:${addressGroup(call.ip)}`, limit, this.clock.now());
      if (!taken.allowed) throw new AccessDeniedError('rate_limited', { retryAfterSeconds: taken.retryAfterSeconds });
    }
    const told = this.options.unauthorizedClass === 'one' && OF_A_KEY.has(outcome) ? 'invalid_api_key' : outcome;
    throw new AccessDeniedError(told, retryAfterSeconds === undefined ? {} : { retryAfterSeconds }, undefined, outcome);
  }

  private async reportExposure({ url = '' }: IncomingMessage, call: Call): Promise<void> {
    const query = url.indexOf('?');
    if (query >= 0) await this.exposure.report(url.slice(query + 1), call);
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
