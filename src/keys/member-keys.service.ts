import { Inject, Injectable, Logger } from '@nestjs/common';

import { CallStore } from '../audit';
import { type Clock, CLOCK, invalidField, notFound, type Page, PageCursors, type Principal, Problem } from '../common';
import { checkedAs, PageQueryDto, toProblem } from '../http';
import type { ApiKey } from './api-key.entity';
import { KeyReader } from './key-reader';
import { KeyRotation } from './key-rotation';
import type { Caller } from './current-caller';
import { KeyService } from './key.service';
import { keyView } from './key-view';
import {
  type MemberKeyView,
  MOST_REVOKED,
  MOST_ROTATED,
  type RevokedMemberKeyView,
  RevokeMemberKeysDto,
  type RotatedMemberKeyView,
  RotateMemberKeysDto,
} from './member-key.dto';
import { MemberKeys } from './member-keys';

/** For when somebody leaves, or their machine was stolen: the keys that they own, made or saw, and one call that ends or renews them. */
@Injectable()
export class MemberKeysService {
  private readonly logger = new Logger('Keys');

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly cursors: PageCursors,
    private readonly calls: CallStore,
    private readonly reader: KeyReader,
    private readonly memberKeys: MemberKeys,
    private readonly keys: KeyService,
    private readonly rotation: KeyRotation,
  ) {}

  /** @throws Problem `not_found` for somebody whom the organization has never known */
  async list({ organizationId }: Principal, userId: string, page: Partial<PageQueryDto> = {}): Promise<Page<MemberKeyView>> {
    const { limit, cursor } = checkedAs(PageQueryDto, page);
    await this.calls.flush();
    const audience = `member-keys:${organizationId}:${userId}`;
    const after = cursor === undefined ? undefined : String(this.cursors.read(audience, cursor)[1]);
    const rows = await this.memberKeys.newest(await this.memberKeys.tiesOf(organizationId, userId), limit + 1, after);
    const credentials = await this.reader.credentialsOf(rows.map(({ key }) => key));
    const now = this.clock.now();
    return this.cursors.page(
      audience,
      rows,
      limit,
      ({ key }) => [key.createdAt.getTime(), key.id],
      ({ key, why }) => ({ ...keyView(key, credentials.get(key.id) ?? [], now), why }),
    );
  }

  /**
   * Ends each key by itself: one that cannot be ended keeps no other alive.
   * @throws Problem `not_found` as `list` does; `validation_failed` where there are too many to name none
   */
  async revoke(caller: Caller, userId: string, wanted: RevokeMemberKeysDto = {}): Promise<RevokedMemberKeyView[]> {
    const { keyIds, reason } = checkedAs(RevokeMemberKeysDto, wanted);
    const chosen = await this.choose(caller.principal, userId, keyIds, MOST_REVOKED, () => true);
    return this.each(chosen, async (key): Promise<RevokedMemberKeyView> => {
      await this.keys.revoke(caller, key.id, reason);
      return { keyId: key.id, name: key.name, outcome: 'revoked', code: null, message: null };
    });
  }

  /**
   * Gives each key a new secret by itself; what was done is told, whatever becomes of the others: it is told only once.
   * @throws what `revoke` throws
   */
  async rotate(caller: Caller, userId: string, wanted: RotateMemberKeysDto = {}): Promise<RotatedMemberKeyView[]> {
    const { keyIds, ...dto } = checkedAs(RotateMemberKeysDto, wanted);
    const now = this.clock.now();
    const lives = ({ expiresAt }: ApiKey): boolean => expiresAt === null || expiresAt > now;
    const chosen = await this.choose(caller.principal, userId, keyIds, MOST_ROTATED, lives);
    const results = await this.each(chosen, async (key): Promise<RotatedMemberKeyView> => {
      const { prefix, key: secret } = await this.rotation.rotate(caller, key.id, dto, undefined);
      return { keyId: key.id, name: key.name, outcome: 'rotated', code: null, message: null, prefix, key: secret };
    });
    return results.map((result) => ({ prefix: null, key: null, ...result }));
  }

  /** The keys by id, or why there is none. A calling key comes last, or it would end before the others do. */
  private async choose(
    { organizationId, id: callerId }: Principal,
    userId: string,
    ids: readonly string[] | undefined,
    most: number,
    byDefault: (key: ApiKey) => boolean,
  ): Promise<Map<string, ApiKey | null>> {
    const ties = await this.memberKeys.tiesOf(organizationId, userId);
    const found = ids ? await this.memberKeys.among(ties, ids) : await this.memberKeys.newest(ties, most + 1);
    const keys = found.map(({ key }) => key).filter((key) => ids !== undefined || byDefault(key));
    if (keys.length > most) throw invalidField('/keyIds', `must be given, because there are more than ${most} keys`);
    const named = new Map<string, ApiKey | null>((ids ?? []).map((id) => [id, null]));
    for (const key of keys.toSorted((a, b) => Number(a.id === callerId) - Number(b.id === callerId))) {
      named.delete(key.id);
      named.set(key.id, key);
    }
    return named;
  }

  /** One after the other. When the database is lost, the rest is left as it is. */
  private async each<Result>(
    keys: ReadonlyMap<string, ApiKey | null>,
    work: (key: ApiKey) => Promise<Result>,
  ): Promise<Array<Result | Refused>> {
    const results: Array<Result | Refused> = [];
    let isLost = false;
    for (const [keyId, key] of keys) {
      try {
        if (!key) throw notFound();
        if (isLost) throw new Problem('unavailable');
        results.push(await work(key));
      } catch (error) {
        const problem = toProblem(error);
        if (problem.code === 'internal_error') this.logger.error(`${keyId}: ${String(error)}`);
        isLost ||= problem.code === 'unavailable';
        results.push(refused(keyId, key, problem));
      }
    }
    return results;
  }
}

interface Refused {
  readonly keyId: string;
  readonly name: string | null;
  readonly outcome: 'refused';
  readonly code: string;
  readonly message: string;
}

const refused = (keyId: string, key: ApiKey | null, { code, message, extras }: Problem): Refused => ({
  keyId,
  name: key?.name ?? null,
  outcome: 'refused',
  code,
  message: extras.errors?.[0]?.message ?? message,
});
