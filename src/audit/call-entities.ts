import { CallLog, CallTerm } from './call-log.entity';
import { CallRetentionRun } from './call-retention.entity';
import { CallWatermark } from './call-watermark.entity';
import { KeyUse, KeyUseDay } from './key-use.entity';
import { usageEntities } from './usage-roll-up.entity';

/** What is kept of calls. */
export const callEntities = [CallLog, CallTerm, CallWatermark, CallRetentionRun, KeyUse, KeyUseDay, ...usageEntities];
