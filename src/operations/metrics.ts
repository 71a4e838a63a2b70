import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, type OpenMetricsContentType, Registry } from 'prom-client';

import type { CallStore, CheckpointDelivery, StoredCall } from '../audit';

type CallLogState = Pick<CallStore, 'pending' | 'refused' | 'journalBytes' | 'isRefusing'>;

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * What the process says about itself to a monitoring system. Labels are route patterns and status classes only: no organization,
 * no key, nothing that a caller can make up, so that the number of series is bounded and nothing leaks.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry<OpenMetricsContentType>();

  private readonly calls = new Histogram({
    name: 'keystile_http_call_duration_seconds',
    help: 'Answered calls and how long they took, by route pattern, method and class of status.',
    labelNames: ['method', 'route', 'status_class'],
    buckets: SECONDS,
    registers: [this.registry],
  });

  private readonly waiting = new Gauge({
    name: 'keystile_call_log_waiting_calls',
    help: 'Answered calls that are not stored yet. It rises while the database cannot be written.',
    registers: [this.registry],
  });

  private readonly refused = new Counter({
    name: 'keystile_call_log_refused_calls_total',
    help: 'Calls that got 503 because their rows could not have been kept: the disk of the journal is full, or the journal as large as it may get.',
    registers: [this.registry],
  });

  private readonly journal = new Gauge({
    name: 'keystile_call_log_journal_bytes',
    help: 'How large the journal of this process is: calls that are not stored yet, and the end of those that are.',
    registers: [this.registry],
  });

  private readonly refusing = new Gauge({
    name: 'keystile_call_log_refusing',
    help: '1 while calls get 503 because their rows could not be kept.',
    registers: [this.registry],
  });

  private readonly checkpointFailures = new Counter({
    name: 'keystile_audit_checkpoint_failures_total',
    help: 'Attempts to bring a signed checkpoint to its file or webhook that failed. They are repeated.',
    registers: [this.registry],
  });

  constructor() {
    this.registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  read({ pending, refused, journalBytes, isRefusing }: CallLogState, { failures }: Pick<CheckpointDelivery, 'failures'>): Promise<string> {
    this.checkpointFailures.reset();
    this.checkpointFailures.inc(failures);
    this.waiting.set(pending);
    this.refused.reset();
    this.refused.inc(refused);
    this.journal.set(journalBytes);
    this.refusing.set(isRefusing ? 1 : 0);
    return this.registry.metrics();
  }

  /** One of the audit's `CALL_OBSERVERS`: hears of each call once its row is stored. */
  callsStored(calls: readonly StoredCall[]): void {
    for (const { method, route, status, latencyMicroseconds } of calls) {
      this.calls.observe({ method, route: route ?? 'none', status_class: `${Math.floor(status / 100)}xx` }, latencyMicroseconds / 1e6);
    }
  }
}
