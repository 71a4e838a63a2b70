import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { startCrm } from './crm';

const DATA = 'data/crm';

/** The pepper and the first admin's password, made at the first start. */
function secrets(): { readonly pepper: string; readonly password: string } {
  const file = `${DATA}/secrets.json`;
  mkdirSync(DATA, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) {
    const made = { pepper: randomBytes(32).toString('hex'), password: randomBytes(9).toString('base64url') };
    writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as { pepper: string; password: string };
}

async function main(): Promise<void> {
  const { pepper, password } = secrets();
  const email = 'admin@crm.example';
  const crm = await startCrm({
    databaseUrl: process.env['DATABASE_URL'] ?? `sqlite:${DATA}/crm.sqlite`,
    pepper: Buffer.from(pepper, 'hex'),
    firstAdmin: { email, password },
    port: Number(process.env['PORT'] ?? 3001),
  });
  process.stdout.write(`CRM: ${crm.url}/docs/authentication\nSign in as ${email} with the password in ${DATA}/secrets.json\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void crm.stop().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
