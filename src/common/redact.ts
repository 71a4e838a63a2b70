/** A run of the characters that tokens are made of, long enough to be one. */
const WORD = /[A-Za-z0-9_.%-]{16,}/g;
/** An API key of any prefix, and whatever is glued to it; what stands before its secret may be shown. */
const API_KEY = /([a-z]{2,10}_(?:live|test)_[0-9A-Za-z]{4,16})_[0-9A-Za-z]{16}.*/;
/** Keys of formats without a look-up id of their own: a short name and a long run of characters (our ids have 26), or hexadecimal digits alone. */
const PLAIN_KEY = /([a-z]{2,10}_(?:live_|test_)?)[0-9A-Za-z]{28,}.*/;
const HEX_KEY = /[0-9a-f]{12}_?[0-9a-f]{36,}.*/;
/** Refresh and one-time tokens. */
const OUR_TOKEN = /(ks[ro])_[0-9A-Za-z_-]{16}.*/;
/** How the header of every JWT begins: `{"` in base64url. */
const JWT_START = 'eyJ';

/**
 * The same text with everything that looks like a secret of ours or a token struck out; the public beginning of a key stays.
 * Takes time in proportion to the text: what it reads comes from anybody.
 */
export const redact = (text: string): string => text.replace(WORD, redactWord);

function redactWord(word: string): string {
  const decoded = word.includes('%') ? decoding(word) : word;
  const clean = strikeOut(decoded);
  // What is written in another way is a secret all the same; what is none stays as it was written.
  return clean === decoded ? word : clean;
}

function decoding(word: string): string {
  return word.replace(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function strikeOut(word: string): string {
  const jwt = word.indexOf(JWT_START);
  const withoutJwt = jwt >= 0 && word.includes('.', jwt) ? `${word.slice(0, jwt)}[redacted]` : word;
  return withoutJwt
    .replace(API_KEY, '$1[redacted]')
    .replace(OUR_TOKEN, '$1[redacted]')
    .replace(PLAIN_KEY, '$1[redacted]')
    .replace(HEX_KEY, '[redacted]');
}

/** Control characters (C0, DEL, C1, line separators) as `\u….`, so that one value can never become two lines. */
export function escapeControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
