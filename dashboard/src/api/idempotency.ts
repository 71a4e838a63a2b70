const keys = new Map<string, { readonly key: string; readonly at: number }>();

/** As long as the service remembers. */
const MEMORY_MS = 10 * 60_000;

/** `crypto.randomUUID` is not there on pages that came by plain http from another machine. */
const randomName = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * For a POST that creates: what a form asked for is done once, however often its answer is lost. A changed form asks for something else.
 * @param what names the form, where two may send the same body
 */
export function idempotencyHeader(what: string, body: unknown): { 'Idempotency-Key': string } {
  const asked = `${what} ${JSON.stringify(body)}`;
  const known = keys.get(asked);
  const now = Date.now();
  if (known && now - known.at < MEMORY_MS) return { 'Idempotency-Key': known.key };
  const key = randomName();
  keys.set(asked, { key, at: now });
  return { 'Idempotency-Key': key };
}

/** When something has been done: the same form, sent again, is meant. */
export const forgetIdempotency = (): void => keys.clear();
