import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { readJsonLines } from '../http';

/** Lets the import of keys read JSON Lines in a host on Fastify. On Express its route reads them by itself. */
@Injectable()
export class JsonLinesForImports {
  constructor({ httpAdapter }: HttpAdapterHost) {
    if (httpAdapter?.getType() !== 'fastify') return;
    const fastify = httpAdapter.getInstance<FastifyInstance>();
    if (!fastify.hasContentTypeParser('application/x-ndjson')) readJsonLines(fastify);
  }
}
