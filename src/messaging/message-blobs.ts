import type { EntityManager } from 'typeorm';

import { MessageBlob } from './message.entity';

const PIECE_BYTES = 60_000;
/** One statement stays well below the smallest packet that a server takes by default. */
const PIECES_PER_INSERT = 10;

/** Keeps bytes of any length under an id, once. */
export async function writeBlob(manager: EntityManager, ownerId: string, bytes: Buffer): Promise<void> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / PIECE_BYTES) }, (_, piece) => ({
    ownerId,
    piece,
    bytes: bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES),
  }));
  for (let i = 0; i < pieces.length; i += PIECES_PER_INSERT) {
    await manager.insert(MessageBlob, pieces.slice(i, i + PIECES_PER_INSERT));
  }
}

/** The bytes kept under an id; `undefined` where there are none. */
export async function readBlob(manager: EntityManager, ownerId: string): Promise<Buffer | undefined> {
  const pieces = await manager.find(MessageBlob, { where: { ownerId }, order: { piece: 'ASC' } });
  return pieces.length === 0 ? undefined : Buffer.concat(pieces.map(({ bytes }) => bytes));
}
