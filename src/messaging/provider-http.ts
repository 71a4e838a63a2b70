import { parseRetryAfter } from './backoff';
import { type Delivery, publicError } from './delivery';

const DEADLINE_MS = 20_000;
const LARGEST_ANSWER_BYTES = 64 * 1024;

/** What a provider answered. */
export interface ProviderAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  /** The JSON of the body; `undefined` where it is too large, cut off, or no JSON. */
  readonly json: unknown;
}

export interface ProviderRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | URLSearchParams | FormData;
  readonly signal: AbortSignal;
}

/**
 * Posts to a provider, with a deadline. Follows no redirect, since it would carry the credentials elsewhere, and reads a bounded
 * answer: whatever the body, a status that has arrived says whether the message was taken.
 * @throws Error where no status arrives
 */
export async function postToProvider({ url, headers, body, signal }: ProviderRequest): Promise<ProviderAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body,
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), json: await readJson(response) };
}

async function readJson({ body }: Response): Promise<unknown> {
  if (!body) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > LARGEST_ANSWER_BYTES) return undefined;
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    // The status decides; without a body only the words and the id are missing.
    return undefined;
  }
}

/** Whether the same request may go through later: no answer for good, a timeout, too many requests, or trouble on the other side. */
export const isTemporary = (status: number): boolean => status < 400 || status === 408 || status === 429 || status >= 500;

/** An answer other than 2xx as what came of the attempt. */
export function failed(answer: ProviderAnswer, error: string, now: Date, temporary = isTemporary(answer.status)): Delivery {
  if (!temporary) return { outcome: 'refused', error };
  return { outcome: 'postponed', error, retryAfterSeconds: parseRetryAfter(answer.retryAfter, now) };
}

/** No answer at all: the message may have arrived or not. */
export const unanswered = (error: unknown, credentials: readonly string[]): Delivery => ({
  outcome: 'postponed',
  error: publicError(`The provider did not answer: ${reasonOf(error)}`, credentials),
});

/** `fetch` hides the reason in the cause of a TypeError. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error as { cause?: unknown };
  if (cause instanceof Error) return (cause as NodeJS.ErrnoException).code ?? cause.message;
  return error.name === 'TimeoutError' ? `no answer within ${DEADLINE_MS / 1_000} seconds` : error.message;
}

/** A member of a JSON object that a provider sent; `undefined` where there is none. */
export const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
