import { randomBytes } from 'node:crypto';

import { keystileEntities } from 'keystile';

import { standalone } from '../standalone';
import { crmEntities, startCrm } from './crm';

async function main(): Promise<void> {
  const { peppers, ...surroundings } = await standalone('crm', [...crmEntities, ...keystileEntities], { port: 3001 });
  const firstAdmin = { email: 'admin@crm.example', password: randomBytes(9).toString('base64url') };
  const crm = await startCrm({ ...surroundings, pepper: peppers[0]!.secret, firstAdmin });
  process.stdout.write(`The CRM is at ${crm.url}/docs/authentication\n`);
  if (crm.isNew) process.stdout.write(`Sign in at ${crm.url}/admin/api-keys as ${firstAdmin.email} with ${firstAdmin.password}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void crm.stop().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
