import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';

import { CallStore, CheckpointDelivery } from '../audit';
import { callOf, IpAllowlist, notFound } from '../common';
import { Public } from '../permissions';
import { Metrics } from './metrics';

export const METRICS_TOKEN = Symbol('keystile:metrics-token');

const LOOPBACK = new IpAllowlist(['127.0.0.0/8', '::1']);

@ApiTags('Operations')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly calls: CallStore,
    private readonly checkpoints: CheckpointDelivery,
    @Inject(METRICS_TOKEN) private readonly token: string | null,
  ) {}

  /** Figures about the process and its calls, as OpenMetrics text, for holders of METRICS_TOKEN or, where none is set, for callers on the same machine. */
  @Get()
  @Public()
  @ApiProduces('application/openmetrics-text')
  @ApiOkResponse({ schema: { type: 'string' } })
  async getMetrics(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!this.admits(request)) throw notFound();
    void reply.header('content-type', this.metrics.contentType);
    return this.metrics.read(this.calls, this.checkpoints);
  }

  private admits(request: FastifyRequest): boolean {
    if (this.token === null) return isFromThisMachine(request);
    const [, given] = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '') ?? [];
    return given !== undefined && timingSafeEqual(sha256(given), sha256(this.token));
  }
}

/** A proxy on this machine that nobody declared as trusted also calls from loopback: whatever has been forwarded came from elsewhere. */
function isFromThisMachine(request: FastifyRequest): boolean {
  const wasForwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'].some((name) => name in request.headers);
  return !wasForwarded && LOOPBACK.includes(callOf(request).ip);
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
