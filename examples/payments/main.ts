import { keystileEntities } from 'keystile';
import { randomBytes } from 'node:crypto';

import { standalone } from '../standalone';
import { startPretendNetwork } from './card-network';
import { paymentsEntities, startPayments } from './payments';

async function main(): Promise<void> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const { peppers, ...surroundings } = await standalone('payments', [...paymentsEntities, ...keystileEntities], { port: 3003 });
  const network = await startPretendNetwork(({ id, amount, currency }) =>
    print(`The card network was asked for ${amount} ${currency}: ${id}`),
  );
  const firstAccount = { name: 'Demo', email: 'owner@payments.example', password: randomBytes(9).toString('base64url') };
  const payments = await startPayments({ ...surroundings, pepper: peppers[0]!.secret, cardNetwork: network.url, firstAccount });
  print(`The payments are at ${payments.url}/docs/authentication`);
  if (payments.isNew) print(`Log in at ${payments.url}/settings/api-keys as ${firstAccount.email} with ${firstAccount.password}`);
  const stop = async (): Promise<void> => {
    await payments.stop();
    await network.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
