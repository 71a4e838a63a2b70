import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';

import { invalidField, Problem } from '../common';
import { isJsonObject, isTooDeepOrWide, LARGEST_BODY_BYTES } from './json-body';

/** One line of a body in JSON Lines; `value` is `undefined` where the line is no JSON object within the limits. */
export interface JsonLine {
  /** From 1. */
  readonly line: number;
  readonly value: object | undefined;
}

const JSON_LINES = 'application/x-ndjson';
const MOST_JSON_LINES = 1_000;

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly takesJsonLines?: boolean;
  }
}

/** Marks a route whose body is JSON Lines; elsewhere Fastify refuses them with 415. */
export const TakesJsonLines = (): MethodDecorator => RouteConfig({ takesJsonLines: true });

/** Lets routes with `@TakesJsonLines()` read `application/x-ndjson`, up to 1 MiB and 1,000 lines, each read as a JSON body is. */
export function readJsonLines(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(JSON_LINES, { parseAs: 'buffer', bodyLimit: LARGEST_BODY_BYTES }, (request, body: Buffer, done) => {
    if (request.routeOptions.config.takesJsonLines !== true) return done(new Problem('unsupported_media_type'));
    try {
      return done(null, jsonLines(body));
    } catch (error) {
      return done(error as Problem);
    }
  });
}

/**
 * The lines that a route with `@TakesJsonLines()` was sent: on Fastify they have been read, on Express nobody reads such a body before.
 * @throws Problem `unsupported_media_type`, `payload_too_large`, `malformed_json`, `validation_failed`
 */
export async function jsonLinesOf(request: { readonly body?: unknown; readonly raw?: IncomingMessage }): Promise<JsonLine[]> {
  const { headers } = request as IncomingMessage;
  const [type] = (headers['content-type'] ?? '').split(';', 1);
  // Any other body, an array of JSON among them, was read by a parser of the host.
  const isPlain = type!.trim().toLowerCase() === JSON_LINES && headers['content-encoding'] === undefined;
  if (isPlain && Array.isArray(request.body)) return request.body as JsonLine[];
  if (!isPlain || request.raw !== undefined || (request as IncomingMessage).readableEnded) throw new Problem('unsupported_media_type');
  return jsonLines(await bytesOf(request as IncomingMessage));
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Whoever sends too much is still to be answered: the connection stays.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length;
    if (bytes > LARGEST_BODY_BYTES) throw new Problem('payload_too_large');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function jsonLines(body: Buffer): JsonLine[] {
  if (!isUtf8(body)) throw new Problem('malformed_json');
  const texts = body.toString('utf8').split('\n');
  const lines = texts.flatMap((text, i) => (text.trim() === '' ? [] : [{ line: i + 1, text }]));
  if (lines.length === 0 || lines.length > MOST_JSON_LINES) throw invalidField('', `must have 1 to ${MOST_JSON_LINES} lines`);
  return lines.map(({ line, text }) => ({ line, value: objectIn(text) }));
}

function objectIn(text: string): object | undefined {
  const bytes = Buffer.from(text);
  if (bytes.includes(0) || isTooDeepOrWide(bytes)) return undefined;
  try {
    const found: unknown = JSON.parse(text, withoutPrototypes);
    return isJsonObject(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** What Fastify's own parser refuses: names by which a copy of the object would change what all objects inherit. */
function withoutPrototypes(name: string, value: unknown): unknown {
  const isPoisoned = name === '__proto__' || (name === 'constructor' && isJsonObject(value) && Object.hasOwn(value, 'prototype'));
  if (isPoisoned) throw new SyntaxError('an object with a prototype');
  return value;
}
