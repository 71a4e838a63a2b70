import { IsBoolean, IsIn, IsIP, IsOptional, IsString, Length, Matches } from 'class-validator';

import { AllowedEndpointDto, Scopes } from './key.dto';

/** A call that nobody has made. What it leaves out counts as not sent. */
export class ExplainCallDto {
  @IsIn(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])
  readonly method!: string;

  /** Its query is not looked at. */
  @Matches(/^\//, { message: 'must begin with /' })
  @Length(1, 2048)
  @IsString()
  readonly path!: string;

  @IsOptional()
  @IsIP(undefined, { message: 'must be an IP address' })
  readonly ip?: string;

  /** The page that the call comes from. */
  @IsOptional()
  @Length(1, 2048)
  @IsString()
  readonly referrer?: string;

  /** Whether it is a call to a service of yours, which asks `verify`: the routes of this one do not matter then. Default `false`. */
  @IsOptional()
  @IsBoolean()
  readonly elsewhere?: boolean;

  /** Scopes that the key has to hold besides those that the route asks for. */
  @IsOptional()
  @Scopes()
  readonly scopes?: string[];

  /** Which secret of the key is presented, by what lists show of it. Default: the newest. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,40}$/, { message: 'must be the prefix of a secret' })
  readonly prefix?: string;
}

/** One check that the call meets. */
export class CheckView {
  /** The code that the call is refused with where it fails: those of `/docs/errors`. */
  readonly check!: string;
  readonly passed!: boolean;
  /** Why it failed. */
  readonly reason!: string | null;
  /** What would help. */
  readonly fix!: string | null;
}

/** Fields as `PATCH /v1/api-keys/{id}` takes them. */
export class KeyPatchView {
  readonly expiresAt?: Date | null;
  readonly allowedIps?: readonly string[];
  readonly allowedReferrers?: readonly string[];
  readonly allowedEndpoints?: readonly AllowedEndpointDto[];
  readonly scopes?: readonly string[];
}

/** The smallest change that would let the call through. */
export class ChangeView {
  /** What to send to `PATCH /v1/api-keys/{id}`, which accepts it as it is from a person who may; `null` where changing the key does not help. */
  readonly patch!: KeyPatchView | null;
  /** What has to be done besides, or instead. */
  readonly steps!: readonly string[];
}

export class ExplanationView {
  readonly allowed!: boolean;
  /**
   * `valid`, or the code that the call is refused with: the first check that fails. `not_found` where no route of this service matches:
   * that is answered 404, whoever asks.
   */
  readonly code!: string;
  /** The route of this service that the call comes to, as its router says, such as `/v1/api-keys/:id`; `null` where there is none. */
  readonly route!: string | null;
  readonly requiredScopes!: readonly string[];
  /** What the key may do now. */
  readonly scopes!: readonly string[];
  /** In the order of the guard. None on a public route, where nobody looks at the key, and none where no route matches. */
  readonly checks!: readonly CheckView[];
  readonly change!: ChangeView | null;
}

/** An audit event. */
export class ChangeSinceView {
  readonly eventId!: string;
  readonly action!: string;
  readonly at!: Date;
}

/** Why a call was answered as it was. */
export class CallExplanationView extends ExplanationView {
  readonly requestId!: string;
  /** When the call was made: dates of the key are compared with it. */
  readonly at!: Date;
  readonly keyId!: string | null;
  /** What was answered. */
  readonly answered!: number;
  /** The `code` of the problem that was answered; of a verification, why the key that was asked about is not valid. */
  readonly answeredCode!: string | null;
  /** Whether the guard let the call in, as far as the answer tells. What it is answered then is the endpoint's word. */
  readonly letIn!: boolean;
  /** What the checks do not say: that the endpoint answered so, or why they contradict the answer. */
  readonly note!: string | null;
  /**
   * Whether the key, its owner, the owner's role or the organization was changed since. Lists, scopes and roles are those of now: where
   * this is `true` they need not be those of the call. A host's owners are asked as they are now, too.
   */
  readonly keyChangedSince!: boolean;
  /** The first of those changes. */
  readonly changedSince!: ChangeSinceView | null;
}
