/** A process that serves this installation. */
export class ReplicaView {
  /** Of one start of the process. */
  readonly id!: string;
  /** `REPLICA_ID`, or the name of its host. */
  readonly name!: string;
  /** The one that answers. */
  readonly current!: boolean;
  /** `live`: it renews its lease, and changes wait for it. `gone`: it has stopped doing so and decides nothing from memory. */
  readonly state!: 'live' | 'gone';
  readonly startedAt!: Date;
  /** When it last renewed its lease; `null` for a process that has its database for itself. */
  readonly renewedAt!: Date | null;
  /** How many changes it has not heard of yet. */
  readonly changesBehind!: number;
}

export class ReplicaListView {
  readonly data!: readonly ReplicaView[];
  /** How replicas agree: all by one database, or there is one process only. */
  readonly coordination!: 'database' | 'process';
  /** Of Redis, as this replica sees it. `none`: there is no `REDIS_URL`. */
  readonly redis!: 'connected' | 'away' | 'none';
}
