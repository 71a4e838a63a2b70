import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';

import { CallRecorder } from '../audit';
import { sendEtags } from '../http';
import { RouteInventory } from '../permissions';
import { type ExpressApplication, ExpressGate } from './express-gate';
import { installGate } from './gate';
import { Gatekeeper } from './gatekeeper';

/**
 * Puts the gate and the recorder of calls into the host's server, whichever adapter it is on, as soon as there is one: before the
 * host's middleware, parsers and routes.
 */
@Injectable()
export class SelfInstallation implements OnModuleInit {
  private expressGate: ExpressGate | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly gatekeeper: Gatekeeper,
    private readonly inventory: RouteInventory,
    private readonly recorder: CallRecorder,
  ) {
    // A testing module gets its adapter after its instances. The subject repeats itself for those who come late.
    host.init$.subscribe(() => this.install());
  }

  onModuleInit(): void {
    // Of a server that is ours in part, the gate records what is ours.
    if (this.inventory.isWhole) this.recorder.recordCalls(this.host.httpAdapter.getHttpServer() as Server);
    this.expressGate?.takeInventory();
  }

  private install(): void {
    const { httpAdapter } = this.host;
    if (httpAdapter.getType() === 'fastify') {
      sendEtags(httpAdapter.getInstance<FastifyInstance>());
      installGate(httpAdapter.getInstance<FastifyInstance>(), this.gatekeeper, this.inventory, {
        hook: 'preParsing',
        recorder: this.recorder,
      });
    } else {
      this.expressGate = new ExpressGate(httpAdapter.getInstance<ExpressApplication>(), this.gatekeeper, this.inventory, this.recorder);
      this.expressGate.install();
    }
  }
}
