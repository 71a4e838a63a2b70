// The built service on an empty folder, or on the database that DATABASE_URL names.
import { createRequire } from 'node:module';

import { tellCpu } from './cpu.mjs';

const { startService } = createRequire(import.meta.url)('../dist/service.js');
const service = await startService(process.env, { print: () => undefined });
tellCpu({ url: service.url, setupLink: await service.mintSetupLink() });
