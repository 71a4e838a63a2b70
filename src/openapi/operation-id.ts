/**
 * A name for an operation, made for a generated client: what the handler does and to what, `listApiKeys`, `rotateApiKey`, `sendSms`.
 * Handlers that name their object themselves (`forgotPassword`, `sendTestWhatsapp`) keep their name.
 */
export function operationId(handler: string, path: string): string {
  if (/[A-Z]/.test(handler) && !LOOSE.test(handler)) return handler;
  const noun = nounOf(path);
  if (noun === '' || handler.toLowerCase() === noun.toLowerCase()) return handler;
  return `${handler}${handler === 'list' || handler === 'export' ? noun : singular(noun)}`;
}

/** Handlers of more than one word that still leave open to what they do it. */
const LOOSE = /^[a-z]+(?:Current|All|One|Mine)$/;

/** Segments that are no things. */
const NOT_A_THING = new Set(['auth', 'health', 'metrics', 'setup']);

/** The thing that a path is about: `/v1/api-keys/{id}/rotate` is about `ApiKeys`. */
function nounOf(path: string): string {
  const first = path.split('/').find((segment) => segment !== '' && !/^v\d+$/.test(segment)) ?? '';
  if (NOT_A_THING.has(first)) return '';
  return first.replace(/(?:^|-)([a-z])/g, (_dash, letter: string) => letter.toUpperCase());
}

const singular = (noun: string): string => (/(?:sms|status|ss)$/i.test(noun) ? noun : noun.replace(/ies$/, 'y').replace(/s$/, ''));
