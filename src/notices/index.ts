/**
 * People who need to know: `NoticeJob` tells of keys that expire soon and of secrets that are due for rotation, `NetworkWatch` of live
 * keys that are used from a new network, `RefusalWatch` of bursts of refusals. Always in the audit trail, and by mail where there is
 * a mail server; once, whichever replica comes first.
 */
export { noticeEntities } from './key-notice.entity';
export { noticeMigrations } from './migrations';
export { NetworkWatch } from './network-watch';
export { NoticeJob } from './notice-job';
export { NoticesModule } from './notices.module';
export { type NoticesOptions } from './notices-options';
export { RefusalWatch } from './refusal-watch';
