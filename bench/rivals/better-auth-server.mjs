// better-auth's API-key plugin, asked in the process by a guard; asked over HTTP it would cost more. `defaults`: what one gets who changes
// nothing, but that ten calls a day are too few for a bench. `fastest`: keys in a Map, no limit, writes after the answer.
import { apiKey } from '@better-auth/api-key';
import { UnauthorizedException } from '@nestjs/common';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { SqliteDialect } from 'kysely';
import Database from 'libsql';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { bearerOf, serve } from './guarded-server.mjs';

const isFastest = process.argv[3] === 'fastest';
const file = join(tmpdir(), `keystile-bench-${process.pid}.sqlite`);
process.on('exit', () => {
  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
});
const sqlite = new Database(file);
sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');

const kept = new Map();
const secondaryStorage = {
  get: (key) => kept.get(key) ?? null,
  set: (key, value) => void kept.set(key, value),
  delete: (key) => void kept.delete(key),
};
const auth = betterAuth({
  database: { dialect: new SqliteDialect({ database: sqlite }), type: 'sqlite' },
  secret: 'a secret of at least thirty-two characters',
  baseURL: 'http://127.0.0.1',
  emailAndPassword: { enabled: true },
  telemetry: { enabled: false },
  logger: { disabled: true },
  ...(isFastest ? { secondaryStorage, advanced: { backgroundTasks: { handler: () => undefined } } } : {}),
  plugins: [
    apiKey(
      isFastest
        ? { storage: 'secondary-storage', rateLimit: { enabled: false }, deferUpdates: true }
        : { rateLimit: { timeWindow: 1_000, maxRequests: 1_000_000 } },
    ),
  ],
});
await (await getMigrations(auth.options)).runMigrations();
const { user } = await auth.api.signUpEmail({ body: { email: 'owner@example.com', password: 'correct horse', name: 'Owner' } });
const permissions = { role: ['read'] };
const { key } = await auth.api.createApiKey({ body: { name: 'bench', userId: user.id, permissions } });

class KeyGuard {
  async canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const { valid, key: found } = await auth.api.verifyApiKey({ body: { key: bearerOf(request), permissions } });
    if (!valid) throw new UnauthorizedException();
    request.user = found;
    return true;
  }
}
await serve(KeyGuard, { token: key });
