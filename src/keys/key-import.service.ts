import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { DataSource, type EntityManager, MoreThan } from 'typeorm';

import { AuditTrail, CallStore } from '../audit';
import { type Clock, CLOCK, newId, notFound, type Page, PageCursors, type Principal, Problem } from '../common';
import type { JsonLine, PageQueryDto } from '../http';
import { inTransaction, isDuplicate } from '../persistence';
import { ApiKey, ApiKeyCredential } from './api-key.entity';
import {
  type CreateKeyImportDto,
  type ImportedLineView,
  type ImportedLinesView,
  ImportLineDto,
  type KeptLineView,
  type KeyImportReportView,
  type KeyImportView,
  type ListImportLinesDto,
} from './key-import.dto';
import { KeyImport, KeyImportLine } from './key-import.entity';
import type { Caller } from './current-caller';
import { KeyService } from './key.service';
import type { StoredSecret } from './secret-issuer';
import { SLOW_ALGORITHMS, slowAlgorithmOf } from './slow-digest';

const LONGEST_DETAIL = 500;

type Refusal = { readonly reason: string; readonly detail: string };

/** Takes keys over from another system, by the hashes of their secrets. Nobody has to replace a key on the day of the move. */
@Injectable()
export class KeyImportService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly keys: KeyService,
    private readonly audit: AuditTrail,
    private readonly cursors: PageCursors,
    private readonly calls: CallStore,
  ) {}

  async create({ principal, actor }: Caller, { name }: CreateKeyImportDto): Promise<KeyImportReportView> {
    const { organizationId, id: createdBy } = principal;
    const createdAt = this.clock.now();
    const row: KeyImport = { id: newId('imp', createdAt), organizationId, name, createdAt, createdBy };
    await inTransaction(this.database, async (manager) => {
      await manager.insert(KeyImport, row);
      const target = { type: 'api_key_import', id: row.id };
      await this.audit.record(manager, { organizationId, actor, action: 'api_key_import.created', target, after: { name } });
    });
    return this.report(row);
  }

  async list({ organizationId }: Principal, { limit, cursor }: PageQueryDto): Promise<Page<KeyImportView>> {
    const audience = `api-key-imports:${organizationId}`;
    const query = this.database
      .getRepository(KeyImport)
      .createQueryBuilder('import')
      .where('import.organizationId = :organizationId', { organizationId })
      .orderBy('import.id', 'DESC')
      .limit(limit + 1);
    if (cursor !== undefined) query.andWhere('import.id < :after', { after: this.cursors.read(audience, cursor)[1] });
    return this.cursors.page(audience, await query.getMany(), limit, ({ createdAt, id }) => [createdAt.getTime(), id], view);
  }

  /** @throws Problem `not_found` */
  async get({ organizationId }: Principal, id: string): Promise<KeyImportReportView> {
    await this.calls.flush();
    return this.report(await this.row(organizationId, id));
  }

  /** What became of the lines, by what the other system calls them. @throws Problem `not_found` */
  async lines({ organizationId }: Principal, id: string, { limit, cursor, outcome }: ListImportLinesDto): Promise<Page<KeptLineView>> {
    const { id: importId } = await this.row(organizationId, id);
    const audience = `api-key-import-lines:${importId}:${outcome ?? ''}`;
    const rows = await this.database.getRepository(KeyImportLine).find({
      where: {
        importId,
        ...(outcome ? { outcome } : {}),
        ...(cursor === undefined ? {} : { externalId: MoreThan(String(this.cursors.read(audience, cursor)[1])) }),
      },
      order: { externalId: 'ASC' },
      take: limit + 1,
    });
    return this.cursors.page(audience, rows, limit, ({ externalId }) => [0, externalId], keptView);
  }

  /**
   * Imports some lines, each for itself. Sending them again does no harm: what was accepted is not made twice, what was refused
   * is tried again. So an import that broke off is resumed by sending the whole file once more.
   * @throws Problem `not_found`
   */
  async add(caller: Caller, id: string, sent: readonly JsonLine[]): Promise<ImportedLinesView> {
    const { id: importId } = await this.row(caller.principal.organizationId, id);
    const lines: ImportedLineView[] = [];
    for (const line of sent) lines.push(await this.addLine(caller, importId, line));
    const count = (outcome: ImportedLineView['outcome']): number => lines.filter((line) => line.outcome === outcome).length;
    return { accepted: count('accepted'), refused: count('refused'), alreadyImported: count('already_imported'), lines };
  }

  private async addLine(caller: Caller, importId: string, { line, value }: JsonLine): Promise<ImportedLineView> {
    const dto = plainToInstance(ImportLineDto, value ?? {});
    const externalId = isStorable(dto.externalId) ? dto.externalId : null;
    const known = externalId === null ? null : await this.accepted(importId, externalId);
    if (known) return { line, externalId, outcome: 'already_imported', keyId: known.keyId, reason: null, detail: null };
    const made = value === undefined ? MALFORMED : await this.make(caller, importId, dto);
    if (typeof made === 'string') return { line, externalId, outcome: 'accepted', keyId: made, reason: null, detail: null };
    // Of one line sent twice at the same moment, the other one may have won.
    const winner = externalId === null ? null : await this.accepted(importId, externalId);
    if (winner) return { line, externalId, outcome: 'already_imported', keyId: winner.keyId, reason: null, detail: null };
    if (externalId !== null && made.reason !== 'validation_failed') await this.keepRefusal(importId, externalId, made);
    return { line, externalId, outcome: 'refused', keyId: null, ...made };
  }

  /** @returns the id of the new key, or why there is none */
  private async make(caller: Caller, importId: string, dto: ImportLineDto): Promise<string | Refusal> {
    const faults = await validate(dto, { whitelist: true, forbidNonWhitelisted: true, stopAtFirstError: true });
    if (faults.length > 0)
      return {
        reason: 'validation_failed',
        detail: faults
          .map(({ property }) => property)
          .join(', ')
          .slice(0, LONGEST_DETAIL),
      };
    const secret = secretOf(dto);
    if ('reason' in secret) return secret;
    const { externalId, hash: _hash, lookupId: _lookupId, ...key } = dto;
    try {
      return await this.keys.adopt(caller, key, secret, (manager, keyId) => this.keepAccepted(manager, importId, externalId, keyId));
    } catch (error) {
      if (isDuplicate(error)) return { reason: 'duplicate_hash', detail: 'A key with this hash, or this line, is there already' };
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      const where = error.extras.errors?.map(({ pointer, message }) => `${pointer} ${message}`).join('; ');
      return { reason: error.code, detail: (where ?? error.message).slice(0, LONGEST_DETAIL) };
    }
  }

  private async keepAccepted(manager: EntityManager, importId: string, externalId: string, keyId: string): Promise<void> {
    await manager.delete(KeyImportLine, { importId, externalId, outcome: 'refused' });
    await manager.insert(KeyImportLine, {
      importId,
      externalId,
      outcome: 'accepted',
      reason: null,
      detail: null,
      keyId,
      at: this.clock.now(),
    });
  }

  private async keepRefusal(importId: string, externalId: string, { reason, detail }: Refusal): Promise<void> {
    const { manager } = this.database;
    const refused = { reason: reason.slice(0, 40), detail, at: this.clock.now() };
    const { affected } = await manager.update(KeyImportLine, { importId, externalId, outcome: 'refused' }, refused);
    if (affected === 1) return;
    const row = { importId, externalId, outcome: 'refused', keyId: null, ...refused } as const;
    await manager.createQueryBuilder().insert().into(KeyImportLine).values(row).orIgnore().execute();
  }

  private async accepted(importId: string, externalId: string): Promise<KeyImportLine | null> {
    return this.database.getRepository(KeyImportLine).findOneBy({ importId, externalId, outcome: 'accepted' });
  }

  private async row(organizationId: string, id: string): Promise<KeyImport> {
    const row = await this.database.getRepository(KeyImport).findOneBy({ id, organizationId });
    if (!row) throw notFound();
    return row;
  }

  private async report(row: KeyImport): Promise<KeyImportReportView> {
    const lines = () => this.database.getRepository(KeyImportLine).createQueryBuilder('line').where('line.importId = :id', { id: row.id });
    const outcomes = await lines()
      .select('line.outcome', 'outcome')
      .addSelect('line.reason', 'reason')
      .addSelect('COUNT(*)', 'lines')
      .groupBy('line.outcome')
      .addGroupBy('line.reason')
      .getRawMany<{ outcome: string; reason: string | null; lines: string | number }>();
    const refusedBy = Object.fromEntries(
      outcomes.flatMap(({ outcome, reason, lines: n }) => (outcome === 'refused' ? [[reason ?? '', Number(n)]] : [])),
    );
    return {
      ...view(row),
      accepted: outcomes.filter(({ outcome }) => outcome === 'accepted').reduce((sum, { lines: n }) => sum + Number(n), 0),
      refused: Object.values(refusedBy).reduce((sum, n) => sum + n, 0),
      refusedBy,
      seen: await lines().innerJoin(ApiKey, 'api_key', 'api_key.id = line.keyId AND api_key.lastUsedAt IS NOT NULL').getCount(),
      slowDigests: await lines()
        .innerJoin(ApiKeyCredential, 'secret', 'secret.keyId = line.keyId AND secret.algorithm IN (:...slow)', {
          slow: [...SLOW_ALGORITHMS],
        })
        .getCount(),
    };
  }
}

/** No database is asked for what it cannot keep. */
const isStorable = (text: unknown): text is string => typeof text === 'string' && text.length <= 100 && !/[\p{Cc}\p{Cs}]/u.test(text);

const MALFORMED: Refusal = { reason: 'malformed_json', detail: 'The line is not one JSON object' };

/** What is kept of the secret of a line, or why it cannot be used. */
function secretOf({ hash, lookupId }: ImportLineDto): StoredSecret | Refusal {
  if (hash.algorithm === 'sha256') {
    const digest = hash.value.toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(digest)) return { reason: 'invalid_hash', detail: 'A SHA-256 has 64 hexadecimal digits' };
    const shown = lookupId ?? digest.slice(0, 12);
    return { digest, algorithm: 'sha256', pepperId: null, lookupId: shown, prefix: shown };
  }
  if (slowAlgorithmOf(hash.value) !== hash.algorithm)
    return { reason: 'invalid_hash', detail: `The value is no ${hash.algorithm} hash of a cost that can be checked` };
  if (lookupId === undefined) return { reason: 'missing_lookup_id', detail: 'A slow hash is found by the first characters of the key' };
  return { digest: hash.value, algorithm: hash.algorithm, pepperId: null, lookupId, prefix: lookupId };
}

const view = ({ id, name, createdAt, createdBy }: KeyImport): KeyImportView => ({ id, name, createdAt, createdBy });

const keptView = ({ externalId, outcome, keyId, reason, detail, at }: KeyImportLine): KeptLineView => ({
  externalId,
  outcome,
  keyId,
  reason,
  detail,
  at,
});
