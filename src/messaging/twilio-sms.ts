import type { Clock } from '../common';
import { type Delivery, type OutgoingMessage, type Provider, providerId, publicError } from './delivery';
import type { SmsProvider } from './messaging-options';
import { failed, member, postToProvider, type ProviderAnswer, unanswered } from './provider-http';

type Options = Extract<SmsProvider, { kind: 'twilio' }>;

/** States of a message that was answered with 201 and will not be delivered all the same. */
const DEAD_STATES = new Set<unknown>(['failed', 'undelivered', 'canceled']);

/**
 * SMS by a Twilio-style messages API. Each attempt carries the same token in `Idempotency-Key` and `I-Twilio-Idempotency-Token`, for
 * gateways that know either; one that knows neither may send twice when its answer was lost.
 */
export class TwilioSms implements Provider {
  private readonly credentials: readonly string[];
  private readonly authorization: string;
  private readonly url: string;

  constructor(
    private readonly options: Options,
    private readonly clock: Clock,
  ) {
    const basic = Buffer.from(`${options.account}:${options.token}`).toString('base64');
    this.credentials = [options.token, basic];
    this.authorization = `Basic ${basic}`;
    this.url = `${options.url.replace(/\/+$/, '')}/2010-04-01/Accounts/${encodeURIComponent(options.account)}/Messages.json`;
  }

  async deliver({ deliveryId, to, content }: OutgoingMessage, signal: AbortSignal): Promise<Delivery> {
    try {
      const answer = await postToProvider({
        url: this.url,
        headers: {
          authorization: this.authorization,
          accept: 'application/json',
          'idempotency-key': deliveryId,
          'i-twilio-idempotency-token': deliveryId,
        },
        body: new URLSearchParams({ To: to[0]!, From: this.options.from, Body: content.text ?? '' }),
        signal,
      });
      return this.read(answer);
    } catch (error) {
      return unanswered(error, this.credentials);
    }
  }

  private read(answer: ProviderAnswer): Delivery {
    const { status, json } = answer;
    if (status < 200 || status > 299) {
      return failed(answer, this.words(status, member(json, 'code'), member(json, 'message')), this.clock.now());
    }
    if (DEAD_STATES.has(member(json, 'status'))) {
      return { outcome: 'refused', error: this.words(status, member(json, 'error_code'), member(json, 'error_message')) };
    }
    return { outcome: 'sent', providerMessageId: providerId(member(json, 'sid')) };
  }

  private words(status: number, code: unknown, message: unknown): string {
    const said = [typeof code === 'number' ? `code ${code}` : '', typeof message === 'string' ? message : ''].filter((part) => part !== '');
    return publicError(`The provider answered ${[status, ...said].join(', ')}`, this.credentials);
  }
}
