// The same answer from Nest on Fastify with nothing of ours in front: what the framework alone costs. With `batched`, all answers of a
// turn of the event loop leave together at its end, as Keystile's do.
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { tellCpu } from './cpu.mjs';

const [body, batched] = process.argv.slice(2);
const answer = JSON.parse(body);

class BareController {
  get() {
    return answer;
  }
}
Get('v1/roles/auditor')(BareController.prototype, 'get', Object.getOwnPropertyDescriptor(BareController.prototype, 'get'));
Controller()(BareController);
// oxlint-disable-next-line typescript/no-extraneous-class -- Nest takes a class for a module
class BareModule {}
Module({ controllers: [BareController] })(BareModule);

const app = await NestFactory.create(BareModule, new FastifyAdapter(), { logger: false });
if (batched) batchAnswers(app.getHttpServer());
await app.listen({ host: '127.0.0.1', port: 0 });
tellCpu({ url: await app.getUrl() });

function batchAnswers(server) {
  let waiting = [];
  const flush = () => {
    const leaving = waiting;
    waiting = [];
    for (const leave of leaving) leave();
  };
  server.prependListener('request', (_request, response) => {
    const end = response.end.bind(response);
    response.end = (...parameters) => {
      if (waiting.push(() => end(...parameters)) === 1) setImmediate(flush);
      return response;
    };
  });
}
