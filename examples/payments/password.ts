import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const LENGTH = 32;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `${salt.toString('base64url')}.${(await derive(password, salt, LENGTH)).toString('base64url')}`;
}

/** Takes as long for somebody who is not there, so that nobody learns who is. */
export async function matchesPassword(password: string, hash = NOBODY): Promise<boolean> {
  const [salt = '', expected = ''] = hash.split('.');
  const derived = await derive(password, Buffer.from(salt, 'base64url'), LENGTH);
  const stored = Buffer.from(expected, 'base64url');
  return stored.length === LENGTH && timingSafeEqual(derived, stored);
}

const NOBODY = `${Buffer.alloc(16).toString('base64url')}.none`;
