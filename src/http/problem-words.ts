import { STATUS_CODES } from 'node:http';

import type { Problem, ProblemCode, ProblemExtras } from '../common';

/** An answer that says no (`api.md` 2). */
export interface ProblemBody extends Omit<ProblemExtras, 'retryAfterSeconds'> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly message: string;
  readonly detail: string;
  readonly requestId: string | null;
}

/** How a system puts its refusals: statuses, codes and challenges stay what they are. */
export interface ProblemWords {
  /** Texts that replace those of the table, whatever the refusal would have added to them. */
  readonly messages?: Partial<Record<ProblemCode, string>>;
  /** Another body than RFC 9457's, sent as `application/json`. */
  readonly body?: (problem: ProblemBody) => object;
}

export function problemBody(problem: Problem, requestId: string | null, { messages = {} }: ProblemWords = {}): ProblemBody {
  const { retryAfterSeconds: _header, ...members } = problem.extras;
  return {
    type: `/docs/errors#${problem.code}`,
    title: STATUS_CODES[problem.status] ?? '',
    status: problem.status,
    code: problem.code,
    message: messages[problem.code] ?? problem.message,
    detail: problem.detail,
    requestId,
    ...members,
  };
}
