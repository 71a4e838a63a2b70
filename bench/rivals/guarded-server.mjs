// The route of ../bare-server.mjs behind somebody else's guard.
import 'reflect-metadata';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { tellCpu } from '../cpu.mjs';

/** @param hello what the bench is told: `token` is a key that the guard lets in */
export async function serve(guard, hello) {
  const answer = JSON.parse(process.argv[2]);
  class GuardedController {
    get() {
      return answer;
    }
  }
  const route = Object.getOwnPropertyDescriptor(GuardedController.prototype, 'get');
  Get('v1/roles/auditor')(GuardedController.prototype, 'get', route);
  UseGuards(guard)(GuardedController.prototype, 'get', route);
  Controller()(GuardedController);
  // oxlint-disable-next-line typescript/no-extraneous-class -- Nest takes a class for a module
  class GuardedModule {}
  Module({ controllers: [GuardedController] })(GuardedModule);

  const app = await NestFactory.create(GuardedModule, new FastifyAdapter(), { logger: false });
  await app.listen({ host: '127.0.0.1', port: 0 });
  tellCpu({ url: await app.getUrl(), ...hello });
}

export const bearerOf = ({ headers: { authorization = '' } }) => authorization.slice('Bearer '.length);
