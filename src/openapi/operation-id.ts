/**
 * A name for an operation, made for a generated client: what the handler does and to what, `listApiKeys`, `rotateApiKey`, `sendSms`.
 * Handlers that name their object themselves (`changePassword`, `uploadHeaderImage`) keep their name.
 */
export function operationId(handler: string, path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '' && !/^v\d+$/.test(segment));
  const [first = ''] = segments;
  if (NOT_A_THING.has(first)) return longerName(handler, segments.at(-1)!);
  const verb = handler === 'current' ? 'getCurrent' : handler;
  if (/[A-Z]/.test(verb) && !verb.endsWith('Current')) return verb;
  const noun = camelCase(first);
  if (handler.toLowerCase() === noun.toLowerCase()) return handler;
  const which = segments.includes('me') ? 'Current' : '';
  return `${verb}${which}${verb === 'list' || verb === 'export' ? noun : singular(noun)}`;
}

/** Segments that are no things. */
const NOT_A_THING = new Set(['auth', 'health', 'metrics', 'setup']);

/** `forgot` at `/auth/forgot-password` is `forgotPassword`. */
function longerName(handler: string, segment: string): string {
  const name = camelCase(segment);
  return name.startsWith(camelCase(handler)) ? handler.charAt(0) + name.slice(1) : handler;
}

const camelCase = (text: string): string => text.replace(/(?:^|-)([a-z])/g, (_dash, letter: string) => letter.toUpperCase());

const singular = (noun: string): string => (/(?:sms|status|ss)$/i.test(noun) ? noun : noun.replace(/ies$/, 'y').replace(/s$/, ''));
