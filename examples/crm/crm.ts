import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Clock, keystileEntities, migrateKeystile, openDatabase } from 'keystile';
import type { DataSource } from 'typeorm';

import { Client } from './client.entity';
import { CrmModule } from './crm.module';
import { Invoice } from './invoice.entity';
import { Staff } from './staff';
import { StaffMember } from './staff.entity';
import { PageVote } from './page-vote.entity';
import { createTables } from './tables';

export interface CrmSettings {
  readonly databaseUrl: string;
  readonly pepper: Buffer;
  /** Who is there when nobody is there yet. */
  readonly firstAdmin: { readonly email: string; readonly password: string };
  readonly port: number;
  readonly clock?: Clock;
}

export interface RunningCrm {
  readonly url: string;
  readonly database: DataSource;
  stop(): Promise<void>;
}

export async function startCrm({ databaseUrl, firstAdmin, port, ...options }: CrmSettings): Promise<RunningCrm> {
  const database = await openDatabase(databaseUrl, [StaffMember, Client, Invoice, PageVote, ...keystileEntities]);
  await migrateKeystile(database);
  await createTables(database);
  const app = await NestFactory.create<NestFastifyApplication>(CrmModule.with({ database, ...options }), new FastifyAdapter(), {
    logger: ['warn', 'error'],
    abortOnError: false,
  });
  const staff = app.get(Staff);
  if (await staff.isEmpty()) await staff.add(firstAdmin.email, firstAdmin.password, 'admin');
  await app.listen(port, '127.0.0.1');
  const stop = async (): Promise<void> => {
    await app.close();
    await database.destroy();
  };
  return { url: await app.getUrl(), database, stop };
}
