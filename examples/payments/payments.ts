import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { CLOCK, type Clock, migrateKeystile } from 'keystile';

import { Account, Person } from './account.entity';
import { Accounts, type NewAccount } from './accounts';
import { Charge } from './charge.entity';
import { PaymentsModule, type PaymentsOptions } from './payments.module';
import { createTables } from './tables';
import { User } from './user.entity';

export const paymentsEntities = [Account, Person, User, Charge];

export interface PaymentsSettings extends PaymentsOptions {
  /** The account that is there when none is. */
  readonly firstAccount: NewAccount;
  readonly host: string;
  readonly port: number;
}

export interface RunningPayments {
  readonly url: string;
  /** Whether the first account was opened by this start. */
  readonly isNew: boolean;
  open(account: NewAccount): Promise<Account>;
  stop(): Promise<void>;
}

/** @param settings.database open, with `paymentsEntities` and `keystileEntities` */
export async function startPayments({ firstAccount, host, port, ...options }: PaymentsSettings): Promise<RunningPayments> {
  const { database } = options;
  await migrateKeystile(database);
  await createTables(database);
  const logger = ['warn' as const, 'error' as const];
  const module = PaymentsModule.with(options);
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger, abortOnError: false });
  const accounts = app.get(Accounts);
  const open = (account: NewAccount): Promise<Account> => accounts.open(account, app.get<Clock>(CLOCK).now());
  const isNew = await accounts.isEmpty();
  if (isNew) await open(firstAccount);
  await app.listen(port, host);
  const stop = async (): Promise<void> => {
    await app.close();
    await database.destroy();
  };
  return { url: await app.getUrl(), isNew, open, stop };
}
