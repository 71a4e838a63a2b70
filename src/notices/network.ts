import { normalizeIpEntry } from '../common';

/**
 * The network that an address is in, as a CIDR block: what an office or a provider's data centre shares. A /24 of IPv4, a /48 of
 * IPv6, within which hosts change their addresses all the time.
 * @param ip in its normal form, where IPv4-mapped addresses are IPv4
 * @returns `undefined` for what is no address
 */
export const networkOf = (ip: string): string | undefined => normalizeIpEntry(`${ip}/${ip.includes(':') ? 48 : 24}`);
