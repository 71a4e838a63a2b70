import type { TableColumnOptions } from 'typeorm';

import type { Migration } from '../persistence';
import { partitionCalls } from './call-partitions';

export const auditMigrations: readonly Migration[] = [
  {
    name: '0002-audit-events',
    async up(schema) {
      await schema.createTable(
        'keystile_audit_events',
        [
          schema.id('id', { isPrimary: true }),
          schema.id('organization_id'),
          schema.bigInteger('sequence'),
          schema.time('at'),
          schema.ascii('actor_type', 16),
          schema.id('actor_id', { isNullable: true }),
          schema.ascii('action', 64),
          schema.ascii('target_type', 32),
          schema.id('target_id', { isNullable: true }),
          schema.longText('before_state', { isNullable: true }),
          schema.longText('after_state', { isNullable: true }),
          schema.id('request_id', { isNullable: true }),
          schema.ascii('personal_digest', 64, { isNullable: true }),
          schema.ascii('previous_hash', 64),
          schema.ascii('hash', 64),
        ],
        [
          { columns: ['organization_id', 'sequence'], unique: true },
          { columns: ['organization_id', 'target_id', 'sequence'] },
          { columns: ['organization_id', 'actor_id', 'sequence'] },
        ],
      );
      await schema.createTable('keystile_audit_personal', [
        schema.id('event_id', { isPrimary: true }),
        schema.ascii('salt', 32),
        schema.longText('fields'),
      ]);
      await schema.createTable('keystile_audit_heads', [
        schema.id('organization_id', { isPrimary: true }),
        schema.bigInteger('sequence'),
        schema.ascii('hash', 64),
      ]);
    },
  },
  {
    name: '0008-audit-checkpoints',
    async up(schema) {
      await schema.createTable(
        'keystile_audit_checkpoints',
        [
          schema.id('organization_id', { isPrimary: true }),
          schema.bigInteger('sequence', { isPrimary: true }),
          schema.ascii('hash', 64),
          schema.time('at'),
          schema.ascii('kid', 64),
          schema.ascii('signature', 128),
          schema.time('filed_at', { isNullable: true }),
          schema.time('delivered_at', { isNullable: true }),
          schema.integer('attempts'),
          schema.time('due_at', { isNullable: true }),
          schema.text('error', 255, { isNullable: true }),
        ],
        [{ columns: ['organization_id', 'at'] }, { columns: ['due_at'] }],
      );
    },
  },
];

/** The call log lives in a file of its own on SQLite, so that writing it never waits for the gate of the rest. */
export const callMigrations: readonly Migration[] = [
  {
    name: '0003-call-logs',
    async up(schema) {
      await schema.createTable(
        'keystile_call_logs',
        [
          schema.bigInteger('id', { isPrimary: true }),
          schema.bigInteger('tail', { isPrimary: true }),
          schema.integer('organization_number', { isNullable: true }),
          schema.ascii('principal_type', 1),
          schema.integer('key_number', { isNullable: true }),
          schema.integer('key_name_number', { isNullable: true }),
          schema.ascii('credential_prefix', 40, { isNullable: true }),
          schema.integer('user_number', { isNullable: true }),
          schema.integer('subject_key_number', { isNullable: true }),
          schema.integer('realm_number'),
          schema.ascii('method', 16),
          schema.integer('route_number', { isNullable: true }),
          schema.text('path', 512),
          schema.integer('status'),
          schema.ascii('code', 40, { isNullable: true }),
          schema.bigInteger('latency_us'),
          schema.ascii('ip', 45),
          schema.integer('user_agent_number', { isNullable: true }),
          schema.text('referrer', 256, { isNullable: true }),
          schema.ascii('environment', 1, { isNullable: true }),
          schema.integer('required_scopes_number', { isNullable: true }),
          schema.bigInteger('response_bytes'),
          schema.text('inbound_request_id', 256, { isNullable: true }),
          schema.integer('calls'),
        ],
        [
          { columns: ['organization_number', 'id', 'tail'] },
          { columns: ['organization_number', 'status', 'id', 'tail'] },
          { columns: ['organization_number', 'key_number', 'id', 'tail'] },
        ],
      );
      await schema.createTable(
        'keystile_call_terms',
        [schema.counter('number'), schema.ascii('kind', 16), schema.ascii('digest', 64), schema.longText('value')],
        [{ columns: ['kind', 'digest'], unique: true }],
      );
    },
  },
  {
    name: '0015-call-journal',
    async up(schema) {
      await schema.createTable(
        'keystile_call_log_watermarks',
        [
          schema.counter('number'),
          schema.ascii('run', 80),
          schema.ascii('replica', 40),
          schema.time('started_at'),
          schema.time('alive_at'),
          schema.time('finished_at', { isNullable: true }),
          schema.time('complete_until'),
          schema.bigInteger('last_sequence'),
          schema.bigInteger('drained'),
          schema.bigInteger('calls'),
          schema.bigInteger('missing'),
          schema.ascii('adopted_by', 80, { isNullable: true }),
        ],
        [{ columns: ['run'], unique: true }, { columns: ['finished_at'] }],
      );
      const usage = [schema.bigInteger('calls'), schema.bigInteger('errors'), schema.bigInteger('denied'), schema.longText('latencies')];
      const key = (name: string): TableColumnOptions => schema.integer(name, { isPrimary: true });
      const [organization, quarter, run] = [key('organization_number'), key('quarter'), key('run_number')];
      await schema.createTable('keystile_usage_by_key', [organization, quarter, key('key_number'), run, ...usage]);
      await schema.createTable('keystile_usage_by_route', [organization, quarter, key('route_number'), run, ...usage]);
      const code = schema.ascii('code', 40, { isPrimary: true });
      await schema.createTable('keystile_usage_by_code', [organization, quarter, key('status'), code, run, ...usage]);
    },
  },
  {
    name: '0016-call-retention',
    async up(schema) {
      await schema.createTable('keystile_call_log_retention', [
        schema.integer('number', { isPrimary: true }),
        schema.time('started_at'),
        schema.time('finished_at', { isNullable: true }),
        schema.bigInteger('removed_calls'),
        schema.bigInteger('removed_usage'),
      ]);
    },
  },
  {
    name: '0018-key-use',
    async up(schema) {
      const key = (name: string): TableColumnOptions => schema.integer(name, { isPrimary: true });
      await schema.createTable('keystile_key_use', [
        ...['organization_number', 'key_number', 'hour', 'route_number', 'scopes_number'].map(key),
        schema.ascii('method', 16, { isPrimary: true }),
        ...['status', 'run_number'].map(key),
        schema.bigInteger('calls'),
        schema.bigInteger('last_id'),
      ]);
    },
  },
  {
    name: '0019-call-partitions',
    up: partitionCalls,
  },
  {
    name: '0021-key-use-of-before',
    async up(schema) {
      // All at once or not at all, so that there is something only where it has been done.
      const found = (await schema.query('SELECT hour FROM keystile_key_use LIMIT 1')) as unknown[];
      if (found.length > 0) return;
      const [ignore, rest] = schema.isSqlite ? ['', ' ON CONFLICT DO NOTHING'] : [' IGNORE', ''];
      const hour = schema.isSqlite ? 'id / 7372800000' : 'id DIV 7372800000';
      await schema.query(
        `INSERT${ignore} INTO keystile_key_use
           (organization_number, key_number, hour, route_number, scopes_number, method, status, run_number, calls, last_id)
         SELECT organization_number, key_number, ${hour}, COALESCE(route_number, 0), COALESCE(required_scopes_number, 0), method, status, 0,
           SUM(calls), MAX(id) FROM keystile_call_logs WHERE organization_number IS NOT NULL AND key_number IS NOT NULL
         GROUP BY organization_number, key_number, ${hour}, COALESCE(route_number, 0), COALESCE(required_scopes_number, 0), method, status${rest}`,
      );
    },
  },
  {
    name: '0022-usage-spans',
    async up(schema) {
      const until = [schema.integer('hours_until'), schema.integer('days_until')];
      await schema.addColumns('keystile_call_log_watermarks', until);
      for (const { name } of until) await schema.createIndex('keystile_call_log_watermarks', { columns: [name] });
      await schema.createIndex('keystile_usage_by_code', { columns: ['run_number', 'quarter', 'organization_number'] });
      const key = (name: string): TableColumnOptions => schema.integer(name, { isPrimary: true });
      const groups = {
        key: [key('key_number')],
        route: [key('route_number')],
        code: [key('status'), schema.ascii('code', 40, { isPrimary: true })],
      };
      const usage = [schema.bigInteger('calls'), schema.bigInteger('errors'), schema.bigInteger('denied'), schema.longText('latencies')];
      for (const [group, columns] of Object.entries(groups)) {
        for (const span of ['hours', 'days']) {
          const all = [key('organization_number'), key('quarter'), ...columns, key('run_number'), ...usage];
          await schema.createTable(`keystile_usage_by_${group}_${span}`, all);
        }
      }
    },
  },
  {
    name: '0023-usage-sheets',
    async up(schema) {
      const key = (name: string): TableColumnOptions => schema.integer(name, { isPrimary: true });
      const place = [key('organization_number'), key('quarter'), schema.ascii('grouped_by', 5, { isPrimary: true })];
      const texts = ['group_values', 'counts', 'latencies'].map((name) => schema.longText(name));
      for (const span of ['quarters', 'hours', 'six_hours', 'days']) {
        await schema.createTable(`keystile_usage_${span}`, [...place, key('run_number'), key('part'), ...texts]);
      }
      for (const group of ['route', 'code']) {
        for (const span of ['hours', 'days']) await schema.query(`DROP TABLE IF EXISTS keystile_usage_by_${group}_${span}`);
      }
      await schema.createTable('keystile_key_use_days', [
        ...['organization_number', 'key_number', 'hour', 'route_number', 'scopes_number'].map(key),
        schema.ascii('method', 16, { isPrimary: true }),
        ...['status', 'run_number'].map(key),
        schema.bigInteger('calls'),
        schema.bigInteger('last_id'),
      ]);
      // What no start has counted is settled by none.
      const [ignore, rest] = schema.isSqlite ? ['', ' ON CONFLICT DO NOTHING'] : [' IGNORE', ''];
      const kind = 'organization_number, key_number, hour - hour % 24, route_number, scopes_number, method, status, run_number';
      await schema.query(
        `INSERT${ignore} INTO keystile_key_use_days
           (organization_number, key_number, hour, route_number, scopes_number, method, status, run_number, calls, last_id)
         SELECT ${kind}, SUM(calls), MAX(last_id) FROM keystile_key_use WHERE run_number = 0 GROUP BY ${kind}${rest}`,
      );
      // Hours and days that are settled are not in sheets yet.
      await schema.query('UPDATE keystile_call_log_watermarks SET hours_until = 0, days_until = 0 WHERE hours_until IS NOT NULL');
    },
  },
];
