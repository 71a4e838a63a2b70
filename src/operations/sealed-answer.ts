import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** An answer as a repeat gets it. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What only the caller's own repeat brings along: without it and the server's secret nobody reads the answer. */
export interface RepeatIdentity {
  readonly id: string;
  readonly header: string;
  readonly principal: string;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM under a key that HKDF makes of the server's secret, the header and the principal; bound to its record and status. */
export function sealAnswer(secret: Buffer, identity: RepeatIdentity, { status, headers, body }: StoredAnswer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, answerKey(secret, identity), nonce, { authTagLength: TAG_BYTES }).setAAD(bound(identity, status));
  const sealed = Buffer.concat([cipher.update(JSON.stringify({ headers, body: body ?? null })), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64');
}

/** The answer, or `undefined` where none of the secrets opens it. */
export function openAnswer(
  secrets: readonly Buffer[],
  identity: RepeatIdentity,
  status: number,
  sealedAnswer: string,
): StoredAnswer | undefined {
  const bytes = Buffer.from(sealedAnswer, 'base64');
  for (const secret of secrets) {
    const decipher = createDecipheriv(CIPHER, answerKey(secret, identity), bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(bound(identity, status)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const opened = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    if (!isGenuine(decipher)) continue;
    return { status, ...(JSON.parse(opened.toString('utf8')) as Pick<StoredAnswer, 'headers' | 'body'>) };
  }
  return undefined;
}

const answerKey = (secret: Buffer, { id, header, principal }: RepeatIdentity): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, id, `keystile:idempotent-answer\n${header}\n${principal}`, 32));

const bound = ({ id }: RepeatIdentity, status: number): Buffer => Buffer.from(`${id}\n${status}`);

/** GCM has nothing left to give at the end but its verdict, which Node throws. */
function isGenuine(decipher: { final(): Buffer }): boolean {
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  }
}
