/** Text that could be a secret of ours or a token, wherever it stands: API keys of any prefix, JWTs, refresh and one-time tokens. */
const SECRETS = [
  /\b([a-z]{2,10}_(?:live|test)_[0-9A-Za-z]{4,16})_[0-9A-Za-z]{16,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)*/g,
  /\b(ksr|kso)_[0-9A-Za-z_-]{16,}/g,
];

/** The same text with everything that looks like a secret struck out; the public beginning of a key stays. */
export function redact(text: string): string {
  return SECRETS.reduce(
    (clean, pattern) => clean.replace(pattern, (_all, shown: unknown) => `${typeof shown === 'string' ? shown : ''}[redacted]`),
    text,
  );
}

/** Control characters (C0, DEL, C1, line separators) as `\u….`, so that one value can never become two lines. */
export function escapeControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
