import type { FastifyInstance } from 'fastify';
import { isUtf8 } from 'node:buffer';

import { invalidField, Problem } from '../common';

export const LARGEST_BODY_BYTES = 1024 * 1024;
const DEEPEST = 32;
const MOST_VALUES = 1_000;

/**
 * The only body that routes read by themselves is one JSON object in UTF-8, uncompressed. Depth and size are counted on the
 * text before anything is built from it: a 3 KB body 1,500 levels deep overflows the validator's stack.
 */
export function readJsonBodies(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit: LARGEST_BODY_BYTES }, (request, body: Buffer, done) => {
    const refusal = refusalOf(request.headers['content-type'] ?? '', request.headers['content-encoding'], body);
    if (refusal) return done(refusal);
    if (body.length === 0) return done(null, undefined);
    void parse(request, body.toString('utf8'), (error, value?: unknown) => {
      if (error) return done(new Problem('malformed_json'));
      if (!isJsonObject(value)) return done(invalidField('', 'must be an object'));
      // class-transformer drops this name without a word, and no field of ours has it.
      if (Object.hasOwn(value, 'prototype')) return done(invalidField('/prototype', 'property prototype should not exist'));
      return done(null, value);
    });
  });
  fastify.addHook('preParsing', (request, _reply, _payload, done) => {
    done(request.headers['content-encoding'] === undefined ? null : new Problem('unsupported_media_type'));
  });
}

function refusalOf(contentType: string, encoding: string | undefined, body: Buffer): Problem | undefined {
  if (encoding !== undefined || !/^application\/json(?:\s*;\s*charset="?utf-8"?)?\s*$/i.test(contentType)) {
    return new Problem('unsupported_media_type');
  }
  if (body.includes(0) || !isUtf8(body)) return new Problem('malformed_json');
  return isTooDeepOrWide(body) ? new Problem('malformed_json') : undefined;
}

/** Counts brackets, commas and colons outside strings, in one pass over the bytes. */
export function isTooDeepOrWide(body: Buffer): boolean {
  let depth = 0;
  let values = 0;
  let inString = false;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i];
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth--;
    else if (byte === COMMA) values++;
    if (depth > DEEPEST || values >= MOST_VALUES) return true;
  }
  return false;
}

const [QUOTE, BACKSLASH, COMMA, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\,[]{}');

export const isJsonObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
