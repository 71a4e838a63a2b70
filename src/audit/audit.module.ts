import { type DynamicModule, Module } from '@nestjs/common';
import type { DataSource } from 'typeorm';

import { IpAllowlist } from '../common';
import { given, type ModuleParts, type OptionsFactory, provideOptions } from '../permissions';
import { AuditEventController } from './audit-event.controller';
import { AuditEventService } from './audit-event.service';
import { AuditExport } from './audit-export.service';
import { AuditHistory } from './audit-history';
import { AuditReads } from './audit-reads';
import { AuditTrail } from './audit-trail';
import { CallExport } from './call-export.service';
import { CallLogController } from './call-log.controller';
import { CallLogService } from './call-log.service';
import { CallRecorder, TRUSTED_PROXIES } from './call-recorder';
import { CallRetention } from './call-retention';
import { CallSearches } from './call-search';
import { CallStore, JOURNAL_OPTIONS } from './call-store';
import { CALL_DATABASE, CallTerms } from './call-terms';
import { ChainVerifier } from './chain-verifier';
import { CheckpointController } from './checkpoint.controller';
import { CheckpointDelivery } from './checkpoint-delivery';
import { CheckpointJob } from './checkpoint-job';
import { CHECKPOINT_OPTIONS, type CheckpointOptions } from './checkpoint-options';
import { Checkpoints } from './checkpoint.service';
import { AuditExportController, CallExportController } from './export.controller';
import { CompletenessController } from './completeness.controller';
import { Completeness } from './completeness.service';
import { ExportTurns } from './export-turns';
import { CALL_SINK } from './finished-call';
import { journalOptions } from './journal-options';
import type { JournalOptions } from './journal';
import { KeyCalls } from './key-calls';
import { PersonalErasure } from './personal-erasure';
import { TopUsageService } from './top-usage.service';
import { UsageController } from './usage.controller';
import { UsageCounts } from './usage-counts';
import { UsageService } from './usage.service';

export interface AuditOptions {
  /** Proxies whose `X-Forwarded-For` is believed. Default: none. */
  readonly trustedProxies?: IpAllowlist;
  /** Default: audit chains are not signed. */
  readonly checkpoints?: CheckpointOptions;
  /** Where answered calls are kept until they are in the database. Default: `data/keystile-journal` in the folder of the process. */
  readonly journal?: Partial<JournalOptions>;
}

const AUDIT_OPTIONS = Symbol('keystile:audit-options');

/**
 * The records of calls and changes. The host provides, globally, `CALL_DATABASE`, `CLOCK` and, if it likes, `CALL_OBSERVERS`;
 * import it after the module that closes the database, so that the last calls are stored before that.
 */
@Module({})
export class AuditModule {
  static forRoot(options: AuditOptions = {}): DynamicModule {
    return AuditModule.forRootAsync(given(options));
  }

  static forRootAsync(options: OptionsFactory<AuditOptions>, { api = true }: ModuleParts = {}): DynamicModule {
    return {
      module: AuditModule,
      global: true,
      imports: options.imports ?? [],
      controllers: api
        ? [
            CallExportController,
            AuditExportController,
            CheckpointController,
            CompletenessController,
            CallLogController,
            UsageController,
            AuditEventController,
          ]
        : [],
      providers: [
        provideOptions(AUDIT_OPTIONS, options),
        {
          provide: TRUSTED_PROXIES,
          inject: [AUDIT_OPTIONS],
          useFactory: ({ trustedProxies = new IpAllowlist([]) }: AuditOptions) => trustedProxies,
        },
        {
          provide: JOURNAL_OPTIONS,
          inject: [AUDIT_OPTIONS, CALL_DATABASE],
          useFactory: ({ journal }: AuditOptions, database: DataSource) => journalOptions(database, journal),
        },
        { provide: CALL_SINK, useExisting: CallStore },
        CallRecorder,
        CallStore,
        CallTerms,
        CallSearches,
        CallLogService,
        Completeness,
        CallRetention,
        TopUsageService,
        UsageCounts,
        UsageService,
        AuditHistory,
        AuditTrail,
        AuditReads,
        AuditEventService,
        ChainVerifier,
        ExportTurns,
        CallExport,
        AuditExport,
        {
          provide: CHECKPOINT_OPTIONS,
          inject: [AUDIT_OPTIONS],
          useFactory: ({ checkpoints = { signingKeys: [] } }: AuditOptions) => checkpoints,
        },
        Checkpoints,
        CheckpointDelivery,
        CheckpointJob,
        PersonalErasure,
        KeyCalls,
      ],
      exports: [
        AuditEventService,
        AuditHistory,
        AuditTrail,
        PersonalErasure,
        CallLogService,
        KeyCalls,
        CallRecorder,
        CallStore,
        CheckpointDelivery,
      ],
    };
  }
}
