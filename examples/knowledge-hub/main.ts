import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { standalone } from '../standalone';
import { KnowledgeHubModule, knowledgeHubEntities, prepareKnowledgeHub } from './knowledge-hub.module';

async function main(): Promise<void> {
  const { database, peppers, port, host } = await standalone('knowledge-hub', knowledgeHubEntities, { port: 3000 });
  await prepareKnowledgeHub(database);
  const app = await NestFactory.create(KnowledgeHubModule.forRoot({ database, peppers }), new FastifyAdapter(), {
    logger: ['warn', 'error'],
  });
  app.enableShutdownHooks();
  await app.listen(port, host);
  const url = await app.getUrl();
  process.stdout.write(`Settings: ${url}/settings\nPage: ${url}/api-management\nDocuments: ${url}/docs\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
