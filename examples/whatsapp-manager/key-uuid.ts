import { notFound } from 'keystile';

const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Our key ids are UUIDs in base32 behind `key_`; this system shows them as the UUIDs they are (W06). */
export function uuidOf(keyId: string): string {
  let value = 0n;
  for (const character of keyId.slice('key_'.length)) value = (value << 5n) | BigInt(BASE32.indexOf(character));
  const hex = value.toString(16).padStart(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** @throws Problem `not_found` for a text that is no UUID */
export function keyIdOf(uuid: string): string {
  if (!UUID.test(uuid)) throw notFound();
  let value = BigInt(`0x${uuid.replaceAll('-', '')}`);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = BASE32[Number(value & 31n)]! + text;
    value >>= 5n;
  }
  return `key_${text}`;
}
