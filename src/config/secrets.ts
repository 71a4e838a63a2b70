import { generateKeyPairSync, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { split } from './setting';
import { type Settings, SettingsError } from './settings';

/** Mixed into digests of keys and kept outside the database, so that a stolen database verifies nothing. */
export interface Pepper {
  readonly id: string;
  readonly secret: Buffer;
}

/** A private Ed25519 key as RFC 8037 writes it. */
export interface SigningJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly kid: string;
  readonly x: string;
  readonly d: string;
}

export interface Secrets {
  /** The first one is used for new digests. */
  readonly peppers: readonly Pepper[];
  /** The first one signs. */
  readonly signingKeys: readonly SigningJwk[];
  /** The first one signs audit checkpoints. */
  readonly auditSigningKeys: readonly SigningJwk[];
  /** Secrets for one purpose each, one per live pepper, the first one active: cursors, refresh tokens, stored answers. */
  derive(purpose: string): readonly Buffer[];
}

const LEAST_SECRET_BYTES = 32;

/**
 * The secrets of the service: as set, or else generated once into `DATA_DIR` with mode 0600.
 * In production nothing is generated; `readSettings` has already refused to go on.
 *
 * @throws SettingsError naming the secret that cannot be read, never showing it
 */
export function loadSecrets(settings: Settings): Secrets {
  const peppers = parsePeppers(settings.KEY_PEPPERS ?? keptInDataDir(settings, 'key-peppers', newPeppers));
  const keys = (name: 'JWT_SIGNING_KEYS' | 'AUDIT_SIGNING_KEYS', file: string): SigningJwk[] =>
    parseSigningKeys(name, settings[name] ?? keptInDataDir(settings, file, newSigningKeys));
  return {
    peppers,
    signingKeys: keys('JWT_SIGNING_KEYS', 'jwt-signing-keys.json'),
    auditSigningKeys: keys('AUDIT_SIGNING_KEYS', 'audit-signing-keys.json'),
    derive: (purpose) => peppers.map(({ secret }) => Buffer.from(hkdfSync('sha256', secret, '', `keystile:${purpose}`, 32))),
  };
}

/** A line for `KEY_PEPPERS`. */
export const newPeppers = (): string => `p${Date.now().toString(36)}:${randomBytes(LEAST_SECRET_BYTES).toString('base64')}`;

/** A value for `JWT_SIGNING_KEYS` or `AUDIT_SIGNING_KEYS`. */
export function newSigningKeys(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return JSON.stringify([{ ...privateKey.export({ format: 'jwk' }), kid: randomBytes(6).toString('hex') }]);
}

/** Written with O_EXCL: of two processes that start at once on an empty folder, the second reads what the first wrote. */
function keptInDataDir({ DATA_DIR }: Settings, name: string, make: () => string): string {
  const path = join(DATA_DIR, name);
  mkdirSync(DATA_DIR, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, make(), { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path, 'utf8').trim();
}

function parsePeppers(given: string): Pepper[] {
  const peppers = split(given).map((item) => {
    const [, id, base64] = /^([A-Za-z0-9_-]{1,16}):([A-Za-z0-9+/_-]+={0,2})$/.exec(item) ?? [];
    return id && base64 ? { id, secret: Buffer.from(base64, 'base64') } : undefined;
  });
  const wellFormed = peppers.filter((pepper) => pepper !== undefined && pepper.secret.length >= LEAST_SECRET_BYTES) as Pepper[];
  const ids = new Set(wellFormed.map(({ id }) => id));
  if (wellFormed.length === 0 || wellFormed.length !== peppers.length || ids.size !== peppers.length) {
    throw new SettingsError([`KEY_PEPPERS: expected id:base64 of at least ${LEAST_SECRET_BYTES} bytes, separated by commas, each id once`]);
  }
  return wellFormed;
}

function parseSigningKeys(name: string, given: string): SigningJwk[] {
  const keys = parseJson(given);
  const wellFormed = Array.isArray(keys) && keys.length > 0 && keys.every(isSigningJwk);
  if (!wellFormed || new Set(keys.map(({ kid }) => kid)).size !== keys.length) {
    throw new SettingsError([
      `${name}: expected a JSON array of private Ed25519 JWKs (kty OKP, crv Ed25519, x, d), each with a kid of its own`,
    ]);
  }
  return keys;
}

function isSigningJwk(value: unknown): value is SigningJwk {
  const { kty, crv, kid, x, d } = (value ?? {}) as Record<string, unknown>;
  const is32Bytes = (part: unknown): boolean => typeof part === 'string' && Buffer.from(part, 'base64url').length === LEAST_SECRET_BYTES;
  return kty === 'OKP' && crv === 'Ed25519' && typeof kid === 'string' && kid !== '' && is32Bytes(x) && is32Bytes(d);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
