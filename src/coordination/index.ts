/**
 * What replicas tell each other, so that none of them goes by what is no longer true: each change raises the epoch (`Epoch`) in its
 * transaction, and whoever remembers anything of keys, people or rights asks whether it may (`Freshness`). It needs nothing but the
 * database. Redis, where there is one, makes it quicker and is never needed (`RedisConnection`).
 */
export { CoordinationModule, type CoordinationOptions } from './coordination.module';
export { EFFECT_HEADERS, type EffectView, ShowsEffect } from './effect.interceptor';
export { coordinationEntities } from './entities';
export { type Change, type Epoch, EPOCH } from './epoch';
export { type Freshness, FRESHNESS } from './freshness';
export { coordinationMigrations } from './migrations';
export { REDIS, RedisAwayError, RedisConnection } from './redis';
