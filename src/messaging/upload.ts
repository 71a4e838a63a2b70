import multipart from '@fastify/multipart';
import { type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { invalidField, Problem } from '../common';

const LARGEST_FILE_BYTES = 5 * 1024 * 1024;
/** Boundaries and part headers around the file. */
const LARGEST_BODY_BYTES = LARGEST_FILE_BYTES + 16 * 1024;

/** One part is right; the second one is allowed in only to be named in the refusal. */
const LIMITS = { fileSize: LARGEST_FILE_BYTES, files: 2, fields: 2, parts: 2, fieldSize: 1_024, fieldNameSize: 100, headerPairs: 20 };

declare module 'fastify' {
  interface FastifyContextConfig {
    readonly takesUploads?: boolean;
  }
}

/** Marks a route as one whose body is a form with a file; elsewhere forms are refused with 415. */
export const TakesUploads = (): MethodDecorator => RouteConfig({ takesUploads: true });

/**
 * Lets routes with `@TakesUploads()` read forms. Call it after whatever removes content type parsers.
 *
 * The plugin is given a face of the server on which it can set its parser but no hooks: those clean up temporary files, which
 * nobody here makes, and every call to every other route would pay for them.
 */
export function acceptUploads(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const face: FastifyInstance = Object.create(fastify, {
    addHook: { value: () => face },
    addContentTypeParser: {
      value: (contentType: string, parse: FormParser) =>
        fastify.addContentTypeParser(contentType, (request, payload, done) => {
          const refusal = refusalOf(request);
          if (refusal) done(refusal);
          else parse(request, payload, done);
        }),
    },
  }) as FastifyInstance;
  multipart(face, { limits: LIMITS }, (error?: Error) => {
    if (error) throw error;
  });
}

type FormParser = (request: FastifyRequest, payload: FastifyRequest['raw'], done: (error: Error | null, body?: unknown) => void) => void;

function refusalOf({ routeOptions, headers }: FastifyRequest): Problem | undefined {
  if (routeOptions.config.takesUploads !== true) return new Problem('unsupported_media_type');
  return Number(headers['content-length'] ?? 0) > LARGEST_BODY_BYTES ? new Problem('payload_too_large') : undefined;
}

/**
 * The one file of a form, which has to be named `file` and stand alone.
 * @throws Problem `unsupported_media_type` for another body, `payload_too_large`, `validation_failed`, `bad_request`
 */
export async function readUpload(request: FastifyRequest, reply: FastifyReply): Promise<Buffer> {
  if (!request.isMultipart()) throw new Problem('unsupported_media_type');
  try {
    return await readFile(request);
  } catch (error) {
    // The rest of the body is not read, so nothing else can come over this connection.
    void reply.header('connection', 'close');
    throw isExpected(error) ? error : new Problem('bad_request', {}, undefined, { cause: error });
  }
}

async function readFile(request: FastifyRequest): Promise<Buffer> {
  let content: Buffer | undefined;
  for await (const part of request.parts()) {
    if (part.type !== 'file' || part.fieldname !== 'file') throw invalidField(pointerTo(part.fieldname), 'is not a field of this form');
    if (content) throw invalidField('/file', 'must be one file');
    content = await part.toBuffer();
  }
  if (!content || content.length === 0) throw invalidField('/file', 'must be a PNG or JPEG file');
  return content;
}

/** A refusal of ours, or one of the plugin's that says what is wrong; whatever else the parser throws is the sender's broken form. */
const isExpected = (error: unknown): boolean => error instanceof Problem || (error as { statusCode?: unknown } | null)?.statusCode === 413;

const pointerTo = (name: string): string => `/${name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`;
