import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Clock, migrateKeystile } from 'keystile';
import type { DataSource } from 'typeorm';

import { Client } from './client.entity';
import { CrmModule } from './crm.module';
import { Invoice } from './invoice.entity';
import { PageVote } from './page-vote.entity';
import { Staff } from './staff';
import { StaffMember } from './staff.entity';
import { createTables } from './tables';

export const crmEntities = [StaffMember, Client, Invoice, PageVote];

export interface CrmSettings {
  /** Open, with `crmEntities` and `keystileEntities`. */
  readonly database: DataSource;
  readonly pepper: Buffer;
  /** Who is there when nobody is there yet. */
  readonly firstAdmin: { readonly email: string; readonly password: string };
  readonly host: string;
  readonly port: number;
  readonly clock?: Clock;
}

export interface RunningCrm {
  readonly url: string;
  /** Whether the first admin was made by this start. */
  readonly isNew: boolean;
  stop(): Promise<void>;
}

export async function startCrm({ firstAdmin, host, port, ...options }: CrmSettings): Promise<RunningCrm> {
  const { database } = options;
  await migrateKeystile(database);
  await createTables(database);
  const logger = ['warn' as const, 'error' as const];
  const app = await NestFactory.create<NestFastifyApplication>(CrmModule.with(options), new FastifyAdapter(), {
    logger,
    abortOnError: false,
  });
  const staff = app.get(Staff);
  const isNew = await staff.isEmpty();
  if (isNew) await staff.add(firstAdmin.email, firstAdmin.password, 'admin');
  await app.listen(port, host);
  const stop = async (): Promise<void> => {
    await app.close();
    await database.destroy();
  };
  return { url: await app.getUrl(), isNew, stop };
}
