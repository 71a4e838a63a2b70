import { request } from 'node:http';

/** What came back, with the body as text and, where it is JSON, as a value. */
export interface Answer<Body = Record<string, any>> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: Body;
  readonly cookies: readonly string[];
}

export interface CallOptions {
  /** A key or an access token, sent as `Authorization: Bearer`. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | readonly string[];
  /** Sent as JSON, unless it is text or bytes: those are sent as they are. */
  readonly body?: unknown;
  /** The local address to call from, 127.0.0.x. */
  readonly from?: string;
}

/** One call over a real connection. Header names, duplicates and paths go out exactly as given. */
export async function callHttp<Body = Record<string, any>>(
  baseUrl: string,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer<Body>> {
  const { host, hostname, port } = new URL(baseUrl);
  // Without a payload, Node would send an empty POST in chunks.
  const payload = payloadOf(options.body) ?? (method === 'POST' || method === 'PUT' || method === 'PATCH' ? '' : undefined);
  const headers = headerList(host, options, payload, typeof options.body === 'object' && !(options.body instanceof Uint8Array));
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path,
        headers: headers as never,
        agent: false,
        ...(options.from ? { localAddress: options.from } : {}),
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = /[/+]json/.test(response.headers['content-type'] ?? '');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            body: (isJson && text !== '' ? JSON.parse(text) : {}) as Body,
            cookies: response.headers['set-cookie'] ?? [],
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(payload);
  });
}

function payloadOf(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body;
  return JSON.stringify(body);
}

/** As a flat list, so that one name may stand twice. */
function headerList(host: string, { as, headers = {} }: CallOptions, payload: string | Uint8Array | undefined, isJson: boolean): string[] {
  const given = Array.isArray(headers)
    ? (headers as readonly string[])
    : Object.entries(headers).flatMap(([name, values]) => [values].flat().flatMap((value) => [name, value]));
  const names = new Set(given.filter((_name, i) => i % 2 === 0).map((name) => name.toLowerCase()));
  const own = [
    // Node adds no Host to headers that come as a list.
    ...(names.has('host') ? [] : ['host', host]),
    ...(as === undefined ? [] : ['authorization', `Bearer ${as}`]),
    ...(isJson && !names.has('content-type') ? ['content-type', 'application/json'] : []),
    ...(payload === undefined || names.has('content-length') || names.has('transfer-encoding')
      ? []
      : ['content-length', String(Buffer.byteLength(payload))]),
  ];
  return [...own, ...given];
}
