import type { components } from './schema';

/** What the service answers when it refuses. */
export type Problem = components['schemas']['Problem'] & {
  readonly errors?: ReadonlyArray<{ readonly pointer: string; readonly message: string }>;
  readonly scopes?: readonly string[];
  readonly didYouMean?: readonly string[];
};

interface FailureFacts {
  readonly status: number;
  readonly code: string;
  /** What to do about it. */
  readonly detail: string;
  /** Under which the call is in the log. */
  readonly requestId: string | null | undefined;
  readonly faults: NonNullable<Problem['errors']>;
}

/** The service refused, or did not answer. `message` is for people. */
export class Failure extends Error implements FailureFacts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string | null | undefined;
  readonly faults: NonNullable<Problem['errors']>;

  constructor(message: string, { status = 0, code = '', detail = '', requestId, faults = [] }: Partial<FailureFacts> = {}) {
    super(message);
    this.name = 'Failure';
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.requestId = requestId;
    this.faults = faults;
  }
}

/** There is no session, or it has ended: here, in another tab, or on another machine. */
export class SignedOut extends Failure {
  constructor() {
    super('Your session has ended', { status: 401, code: 'signed_out', detail: 'Sign in to go on.' });
    this.name = 'SignedOut';
  }
}

/** The failure that an answer tells of. */
export function failureOf(response: Response, problem: Partial<Problem> | undefined): Failure {
  const { status } = response;
  const { message, code, detail, requestId, errors, scopes } = problem ?? {};
  // A host may put its refusals in words of its own.
  const faults = (errors ?? []).filter(({ pointer }) => typeof pointer === 'string');
  const facts = { status, code, requestId, faults };
  if (status === 429) {
    const seconds = response.headers.get('retry-after') ?? 'some';
    return new Failure('Too many attempts', { ...facts, detail: `Wait ${seconds} seconds and try again.` });
  }
  if (message === undefined) return new Failure(`The service answered ${status}`, { status, detail: 'Try again in a moment.' });
  if (code === 'scope_exceeds_grantor' && scopes) return new Failure(`${message}: ${scopes.join(', ')}`, { ...facts, detail });
  return new Failure(message, { ...facts, detail });
}
