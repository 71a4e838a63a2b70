import { createPrivateKey, createPublicKey, type JsonWebKey, sign, verify } from 'node:crypto';

/** What a chain was at some moment. */
export interface ChainState {
  /** `org_…`, or `installation`. */
  readonly organizationId: string;
  readonly sequence: number;
  readonly hash: string;
  readonly at: Date;
}

/** A signed word about a chain: whoever keeps it knows later whether something before it was changed or cut off. */
export interface Checkpoint extends ChainState {
  readonly kid: string;
  /** Ed25519, in base64url, over `checkpointText`. */
  readonly signature: string;
}

/** A public Ed25519 key as RFC 8037 writes it. */
export interface PublicCheckpointKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly kid: string;
  readonly x: string;
}

export interface CheckpointKey extends PublicCheckpointKey {
  readonly d: string;
}

/** What is signed: five lines, so that anybody can put it together with a text editor and check it with OpenSSL. */
export const checkpointText = ({ organizationId, sequence, hash, at }: ChainState): string =>
  `keystile-audit-checkpoint-v1\n${organizationId}\n${sequence}\n${hash}\n${at.toJSON()}\n`;

export function signCheckpoint(state: ChainState, key: CheckpointKey): Checkpoint {
  const { kty, crv, x, d, kid } = key;
  const privateKey = createPrivateKey({ key: { kty, crv, x, d } as JsonWebKey, format: 'jwk' });
  return { ...state, kid, signature: sign(null, Buffer.from(checkpointText(state)), privateKey).toString('base64url') };
}

/** `unknown_key` where none of the keys is the one that it says it was signed with. */
export function checkSignature(checkpoint: Checkpoint, keys: readonly PublicCheckpointKey[]): 'good' | 'bad' | 'unknown_key' {
  const key = keys.find(({ kid }) => kid === checkpoint.kid);
  if (!key) return 'unknown_key';
  const publicKey = createPublicKey({ key: { kty: key.kty, crv: key.crv, x: key.x } as JsonWebKey, format: 'jwk' });
  const isGood = verify(null, Buffer.from(checkpointText(checkpoint)), publicKey, Buffer.from(checkpoint.signature, 'base64url'));
  return isGood ? 'good' : 'bad';
}

/** The part of a key that everybody may know. */
export const publicPart = ({ kty, crv, kid, x }: CheckpointKey): PublicCheckpointKey => ({ kty, crv, kid, x });
