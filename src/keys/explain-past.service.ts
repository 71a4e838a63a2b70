import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { type Actor, CallLogService, type CallLogView, type RecordScope } from '../audit';
import type { Principal } from '../common';
import { RouteInventory } from '../permissions';
import { ApiKey, type ApiKeyCredential } from './api-key.entity';
import type { CallExplanationView, ExplanationView } from './explain.dto';
import { type Destination, ELSEWHERE, KeyExplanations } from './explain.service';
import { byEndpoint, explainWithoutKey, refusalOf } from './explain-without-key';
import { ExplainedChanges } from './explained-changes';
import type { ExplainedKey } from './explained-situation';
import { JUDGED_CODES } from './judge';

/** Tells what a call met that was made. */
@Injectable()
export class PastCallExplanations {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly explanations: KeyExplanations,
    private readonly changes: ExplainedChanges,
    private readonly calls: CallLogService,
    private readonly routes: RouteInventory,
  ) {}

  /** @throws Problem `not_found`, also for a call of another organization; `forbidden` for calls of nobody, to everybody but the operator */
  async of(principal: Principal, actor: Actor, requestId: string, scope: RecordScope | undefined): Promise<CallExplanationView> {
    const { organizationId } = principal;
    const call = await this.calls.get(principal, actor, scope, requestId);
    const destination = this.destinationOf(call);
    const past = { requestId, at: call.at, keyId: call.keyId, answered: call.status, answeredCode: call.code };
    const key = call.keyId === null ? null : await this.database.getRepository(ApiKey).findOneBy({ id: call.keyId, organizationId });
    const credential = key && (await this.explanations.credentialsOf(key)).find(({ prefix }) => prefix === call.credentialPrefix);
    if (!key || !credential) return { ...past, ...explainWithoutKey(call, destination), keyChangedSince: false, changedSince: null };
    const explanation = await this.explanations.explained(key, asOf(key, credential, call.at), {
      call: { method: call.method, path: call.path, ip: call.ip ?? undefined, referrer: call.referrer },
      destination,
      scopes: [],
      isOverLimit: () => Promise.resolve(refusalOf(call) === 'rate_limited'),
      now: call.at,
    });
    const change = await this.changes.firstSince(key, call.at);
    const changedSince = change && { eventId: change.id, action: change.action, at: change.at };
    const letIn = destination !== 'nowhere' && !JUDGED_CODES.has(refusalOf(call) ?? '');
    return {
      ...explanation,
      ...past,
      letIn,
      note: noteOn(call, explanation, letIn, change !== null),
      keyChangedSince: change !== null,
      changedSince,
    };
  }

  private destinationOf({ method, route: pattern, status }: CallLogView): Destination {
    if (pattern === null) return status === 404 ? 'nowhere' : ELSEWHERE;
    return { pattern, access: this.routes.named(method, pattern)?.access ?? null };
  }
}

/** The key as it stood then, as far as its dates tell. */
function asOf(key: ApiKey, { state, retiresAt }: ApiKeyCredential, then: Date): ExplainedKey {
  const hadHappened = (date: Date | null): Date | null => (date !== null && date > then ? null : date);
  const wasLive = retiresAt !== null && retiresAt > then;
  return {
    ...key,
    revokedAt: hadHappened(key.revokedAt),
    disabledAt: hadHappened(key.disabledAt),
    credentialState: wasLive ? 'retiring' : state,
    credentialRetiresAt: retiresAt,
  };
}

const OFF_THE_RECORD =
  'Nothing that was changed since is on record. What is not: owners that another system keeps, what a route asked for before an update of the ' +
  'service, and what the log leaves out of a path or a referrer.';

/** What the checks do not say: what the endpoint made of the call, and where they contradict what was answered. */
function noteOn({ status, code }: CallLogView, { allowed, code: told }: ExplanationView, letIn: boolean, changed: boolean): string | null {
  const answer = code === null ? String(status) : `${status} (${code})`;
  if (letIn && !allowed) {
    const known = `The key was let in then. By what is known now it is refused: ${told}.`;
    return `${known} ${changed ? 'What was changed since may be why.' : OFF_THE_RECORD}`;
  }
  if (letIn) return status < 400 ? null : byEndpoint('key', answer);
  if (told === code || told === 'not_found') return null;
  if (changed) return `The call was refused then: ${answer}. By what is known now it is not refused so. What was changed since may be why.`;
  const where = allowed ? ' The endpoint itself may have answered so: it can ask for more than its route.' : '';
  return `The call was refused then: ${answer}. By what is known now it is not refused so.${where} ${OFF_THE_RECORD}`;
}
