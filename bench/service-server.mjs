// The built service on an empty folder, or on the database that DATABASE_URL names.
import { createRequire } from 'node:module';

import { tellCpu } from './cpu.mjs';

const require = createRequire(import.meta.url);
const { startService } = require('../dist/service.js');
const { CallStore } = require('../dist/audit/index.js');

const service = await startService(process.env, { print: () => undefined });
const store = service.app.get(CallStore);
const { wakeIn } = store;

tellCpu(
  { url: service.url, setupLink: await service.mintSetupLink() },
  {
    // Rows wait in the journal while others are measured, as they do where another process drains it.
    hold: () => {
      store.wakeIn = () => undefined;
    },
    store: async () => {
      store.wakeIn = wakeIn;
      await store.flush();
    },
  },
);
