import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { standalone } from '../standalone';
import { DOCUMENTED_PORT } from './manager-rules';
import { prepareWhatsappManager, WhatsappManagerModule, whatsappManagerEntities } from './whatsapp-manager.module';

async function main(): Promise<void> {
  const { database, peppers, port, host } = await standalone('whatsapp-manager', whatsappManagerEntities, { port: DOCUMENTED_PORT });
  await prepareWhatsappManager(database);
  const app = await NestFactory.create(WhatsappManagerModule.forRoot({ database, peppers }), new FastifyAdapter(), {
    logger: ['warn', 'error'],
  });
  app.enableShutdownHooks();
  await app.listen(port, host);
  const url = await app.getUrl();
  process.stdout.write(`Page: ${url}/api-management\nInterface: ${url}/api\nDocument: ${url}/docs/api-keys\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
