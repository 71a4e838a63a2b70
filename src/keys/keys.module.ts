import { type DynamicModule, Module } from '@nestjs/common';

import { IDEMPOTENT_REPLAY_CHECK } from '../http';
import { ON_OWNER_REMOVED } from '../organizations';
import { given, type ModuleParts, type OptionsFactory, provideOptions } from '../permissions';
import { type DigestAlgorithm, type DigestPepper, Digests } from './digest';
import { ExposureReport } from './exposure';
import { KeyController } from './key.controller';
import { type KeyFormat, PrefixedKeyFormat } from './key-format';
import { KeyReader } from './key-reader';
import { KeyRotation } from './key-rotation';
import { KeyService } from './key.service';
import { KEY_FORMAT, KeyVerifier } from './key-verifier';
import { KeyWatch } from './key-watch';
import { LastUse } from './last-use';
import { KeysOfRemovedOwner } from './owner-removal';
import { PepperCheck } from './pepper-check';
import { RevokedKeysAreNotRepeated } from './replay-check';
import { SecretIssuer } from './secret-issuer';
import { VerifyController } from './verify.controller';

export interface KeysOptions {
  /** The first one is used for new keys. At least 32 bytes each. */
  readonly peppers: readonly DigestPepper[];
  readonly algorithm?: DigestAlgorithm;
  readonly format?: KeyFormat;
}

const KEYS_OPTIONS = Symbol('keystile:keys-options');

const digests = ({ peppers, algorithm = 'hmac-sha256' }: KeysOptions): Digests => new Digests(peppers, algorithm);
const keyFormat = ({ format = new PrefixedKeyFormat('ks') }: KeysOptions): KeyFormat => format;

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
      controllers: api ? [VerifyController, KeyController] : [],
      providers: [
        provideOptions(KEYS_OPTIONS, options),
        { provide: KEY_FORMAT, inject: [KEYS_OPTIONS], useFactory: keyFormat },
        { provide: Digests, inject: [KEYS_OPTIONS], useFactory: digests },
        KeyService,
        KeyRotation,
        KeyReader,
        KeyVerifier,
        KeyWatch,
        SecretIssuer,
        ExposureReport,
        LastUse,
        PepperCheck,
        { provide: ON_OWNER_REMOVED, useClass: KeysOfRemovedOwner },
        { provide: IDEMPOTENT_REPLAY_CHECK, useClass: RevokedKeysAreNotRepeated },
      ],
      exports: [KeyService, KeyRotation, KeyReader, KeyVerifier, KeyWatch, ExposureReport, LastUse, ON_OWNER_REMOVED, IDEMPOTENT_REPLAY_CHECK],
    };
  }
}
