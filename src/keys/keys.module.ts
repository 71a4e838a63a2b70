import { type DynamicModule, Module } from '@nestjs/common';

import { IDEMPOTENT_REPLAY_CHECK } from '../http';
import { ON_OWNER_REMOVED } from '../organizations';
import { given, type ModuleParts, type OptionsFactory, provideOptions } from '../permissions';
import { ActiveKeys } from './active-keys';
import { Digests } from './digest';
import { DigestRenewal } from './digest-renewal';
import { ExplainCallController, ExplainController } from './explain.controller';
import { PastCallExplanations } from './explain-past.service';
import { KeyExplanations } from './explain.service';
import { ExplainedChanges } from './explained-changes';
import { ExposureReport } from './exposure';
import { KeyController } from './key.controller';
import { ImportedSecrets } from './imported-secrets';
import { type KeyFormat, oneOf, PrefixedKeyFormat } from './key-format';
import { JsonLinesForImports } from './json-lines';
import { KeyImportController } from './key-import.controller';
import { KeyImportService } from './key-import.service';
import { KeyLookup } from './key-lookup';
import { KeyReader } from './key-reader';
import { KeyRights } from './key-rights';
import { KeyReportController } from './key-report.controller';
import { KeyRotation } from './key-rotation';
import { KeyGrants } from './key-grants';
import { KeyService } from './key.service';
import { KeySearch } from './key-search';
import { KeyUsageReports } from './key-usage.service';
import { KEY_FORMAT, KeyVerifier } from './key-verifier';
import { KeyWatch } from './key-watch';
import { KEYS_OPTIONS, type KeysOptions } from './keys-options';
import { LastUse } from './last-use';
import { MemberKeys } from './member-keys';
import { MemberKeysController } from './member-keys.controller';
import { MemberKeysService } from './member-keys.service';
import { KeysOfRemovedOwner } from './owner-removal';
import { PepperCheck } from './pepper-check';
import { PepperReport } from './pepper-report';
import { RevokedKeysAreNotRepeated } from './replay-check';
import { SecretIssuer } from './secret-issuer';
import { VerifyController } from './verify.controller';

const digests = ({ peppers, algorithm = 'hmac-sha256' }: KeysOptions): Digests => new Digests(peppers, algorithm);
const keyFormat = ({ formats = [new PrefixedKeyFormat('ks')] }: KeysOptions): KeyFormat => oneOf(formats);

/** Keys: issuing, rotating, revoking, verifying. */
@Module({})
export class KeysModule {
  static forRoot(options: KeysOptions): DynamicModule {
    return KeysModule.forRootAsync(given(options));
  }

  static forRootAsync(options: OptionsFactory<KeysOptions>, { api = true }: ModuleParts = {}): DynamicModule {
    return {
      module: KeysModule,
      global: true,
      imports: options.imports ?? [],
      controllers: api
        ? [
            ExplainCallController,
            VerifyController,
            ExplainController,
            KeyReportController,
            KeyController,
            MemberKeysController,
            KeyImportController,
          ]
        : [],
      providers: [
        provideOptions(KEYS_OPTIONS, options),
        { provide: KEY_FORMAT, inject: [KEYS_OPTIONS], useFactory: keyFormat },
        { provide: Digests, inject: [KEYS_OPTIONS], useFactory: digests },
        KeyService,
        KeyRotation,
        KeyReader,
        KeyLookup,
        KeyVerifier,
        KeyExplanations,
        PastCallExplanations,
        ExplainedChanges,
        KeySearch,
        KeyUsageReports,
        KeyWatch,
        MemberKeys,
        MemberKeysService,
        KeyRights,
        KeyGrants,
        ActiveKeys,
        ImportedSecrets,
        SecretIssuer,
        KeyImportService,
        ...(api ? [JsonLinesForImports] : []),
        ExposureReport,
        LastUse,
        DigestRenewal,
        PepperCheck,
        PepperReport,
        KeysOfRemovedOwner,
        { provide: ON_OWNER_REMOVED, useExisting: KeysOfRemovedOwner },
        { provide: IDEMPOTENT_REPLAY_CHECK, useClass: RevokedKeysAreNotRepeated },
      ],
      exports: [
        KeyService,
        KeyRotation,
        KeyReader,
        KeyVerifier,
        KeyWatch,
        MemberKeysService,
        ExposureReport,
        LastUse,
        PepperReport,
        KeysOfRemovedOwner,
        ON_OWNER_REMOVED,
        IDEMPOTENT_REPLAY_CHECK,
      ],
    };
  }
}
