import type { IncomingMessage } from 'node:http';

/**
 * The URL by which a request finds its route. Fastify refuses a path that cannot be decoded (`/%zz`) before any hook, so that the answer
 * would lack its headers and the row its caller: such a path is taken literally, and then is nothing that exists, or an id that does not.
 */
export function decodableUrl({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  if (!url.includes('%')) return url;
  const [path = '/'] = url.split(/[?#;]/, 1);
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return path.replaceAll('%', '%25') + url.slice(path.length);
  }
}
