const V4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** Whether something looks like an address or a CIDR block, of IPv4 or IPv6. The API has the last word. */
export function isAddressOrBlock(text: string): boolean {
  const [address = '', bits, ...rest] = text.trim().split('/');
  if (rest.length > 0) return false;
  const isV4 = V4.test(address);
  if (!isV4 && !isV6(address)) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isV4 ? 32 : 128));
}

const isV6 = (address: string): boolean => address.includes(':') && URL.canParse(`http://[${address}]`);
