import { type DynamicModule, Module } from '@nestjs/common';

import { IDEMPOTENT_REPLAY_CHECK } from '../http';
import { ON_OWNER_REMOVED } from '../organizations';
import { type DigestAlgorithm, type DigestPepper, Digests } from './digest';
import { ExposureReport } from './exposure';
import { KeyController } from './key.controller';
import { type KeyFormat, PrefixedKeyFormat } from './key-format';
import { KeyReader } from './key-reader';
import { KeyRotation } from './key-rotation';
import { KeyService } from './key.service';
import { KEY_FORMAT, KeyVerifier } from './key-verifier';
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

/** Keys: issuing, rotating, revoking, verifying. */
@Module({})
export class KeysModule {
  static forRoot({ peppers, algorithm = 'hmac-sha256', format = new PrefixedKeyFormat('ks') }: KeysOptions): DynamicModule {
    return {
      module: KeysModule,
      global: true,
      controllers: [VerifyController, KeyController],
      providers: [
        KeyService,
        KeyRotation,
        KeyReader,
        KeyVerifier,
        SecretIssuer,
        ExposureReport,
        LastUse,
        PepperCheck,
        { provide: KEY_FORMAT, useValue: format },
        { provide: Digests, useValue: new Digests(peppers, algorithm) },
        { provide: ON_OWNER_REMOVED, useClass: KeysOfRemovedOwner },
        { provide: IDEMPOTENT_REPLAY_CHECK, useClass: RevokedKeysAreNotRepeated },
      ],
      exports: [KeyService, KeyRotation, KeyReader, KeyVerifier, ExposureReport, LastUse, ON_OWNER_REMOVED, IDEMPOTENT_REPLAY_CHECK],
    };
  }
}
