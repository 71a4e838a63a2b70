import type { Clock } from '../common';
import { type Delivery, type OutgoingMessage, type Provider, providerId, publicError } from './delivery';
import type { HeaderImages } from './header-images';
import type { MessageContent } from './message-content';
import type { WhatsappProvider } from './messaging-options';
import { failed, isTemporary, member, postToProvider, type ProviderAnswer, unanswered } from './provider-http';

type Options = Extract<WhatsappProvider, { kind: 'cloud-api' }>;

/** Throttling and outages, which the Cloud API also reports with status 400. */
const TEMPORARY_CODES = new Set<unknown>([2, 4, 80007, 130429, 131000, 131016, 131048, 131056, 133004]);

/** A picture is at the provider, or the attempt ends here. */
type Media = { readonly id: string | null } | { readonly delivery: Delivery };

/**
 * WhatsApp messages by the WhatsApp Cloud API. `biz_opaque_callback_data` carries the message's id, so that its webhooks can be
 * matched; it is a correlation and deduplicates nothing: where an answer is lost, the retry may send a second message.
 */
export class CloudApiWhatsapp implements Provider {
  private readonly base: string;
  private readonly authorization: string;

  constructor(
    private readonly options: Options,
    private readonly images: HeaderImages,
    private readonly clock: Clock,
  ) {
    this.base = `${options.url.replace(/\/+$/, '')}/${encodeURIComponent(options.phoneId)}`;
    this.authorization = `Bearer ${options.token}`;
  }

  async deliver(message: OutgoingMessage, signal: AbortSignal): Promise<Delivery> {
    try {
      const media = await this.media(message, signal);
      if ('delivery' in media) return media.delivery;
      const answer = await this.post('messages', JSON.stringify(messageBody(message, media.id)), signal);
      if (!isSuccess(answer)) return this.failed(answer);
      const sent = member(answer.json, 'messages');
      return { outcome: 'sent', providerMessageId: providerId(member(Array.isArray(sent) ? sent[0] : undefined, 'id')) };
    } catch (error) {
      return unanswered(error, [this.options.token]);
    }
  }

  /** The provider's id of the header image: uploaded with its first message, known from then on. */
  private async media({ organizationId, content: { headerImageId } }: OutgoingMessage, signal: AbortSignal): Promise<Media> {
    if (headerImageId === null) return { id: null };
    const known = await this.images.providerMedia(organizationId, headerImageId, this.options.phoneId);
    if (known !== undefined) return { id: known };
    const image = await this.images.read(organizationId, headerImageId);
    if (!image) return { delivery: { outcome: 'refused', error: 'The header image is no longer there' } };

    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('type', image.contentType);
    form.set('file', new Blob([new Uint8Array(image.bytes)], { type: image.contentType }), fileName(image.contentType));
    const answer = await this.post('media', form, signal);
    if (!isSuccess(answer)) return { delivery: this.failed(answer) };
    const id = providerId(member(answer.json, 'id'));
    if (id === null) return { delivery: { outcome: 'postponed', error: 'The provider took the header image but gave it no id' } };
    await this.images.keepProviderMedia(organizationId, headerImageId, this.options.phoneId, id);
    return { id };
  }

  private post(path: 'messages' | 'media', body: string | FormData, signal: AbortSignal): Promise<ProviderAnswer> {
    const headers = { authorization: this.authorization, accept: 'application/json' };
    return postToProvider({
      url: `${this.base}/${path}`,
      // A form brings its own content type, with the boundary.
      headers: typeof body === 'string' ? { ...headers, 'content-type': 'application/json' } : headers,
      body,
      signal,
    });
  }

  private failed(answer: ProviderAnswer): Delivery {
    const error = member(answer.json, 'error');
    const code = member(error, 'code');
    const details = member(member(error, 'error_data'), 'details');
    const said = [
      typeof code === 'number' ? `code ${code}` : '',
      ...[member(error, 'message'), details].filter((one) => typeof one === 'string'),
    ];
    const words = publicError(`The provider answered ${[answer.status, ...said.filter((part) => part !== '')].join(', ')}`, [
      this.options.token,
    ]);
    return failed(answer, words, this.clock.now(), isTemporary(answer.status) || TEMPORARY_CODES.has(code));
  }
}

/** The JSON of `POST /{phone-id}/messages`. */
function messageBody({ deliveryId, to, content }: OutgoingMessage, mediaId: string | null): object {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: to[0],
    biz_opaque_callback_data: deliveryId,
    ...typedContent(content, mediaId),
  };
}

function typedContent({ text, template }: MessageContent, mediaId: string | null): object {
  if (template) {
    const header = mediaId === null ? [] : [{ type: 'header', parameters: [{ type: 'image', image: { id: mediaId } }] }];
    const filled = template.parameters.map((parameter) => ({ type: 'text', text: parameter }));
    const components = [...header, ...(filled.length > 0 ? [{ type: 'body', parameters: filled }] : [])];
    return { type: 'template', template: { name: template.name, language: { code: template.language }, components } };
  }
  if (mediaId !== null) return { type: 'image', image: { id: mediaId, caption: text } };
  return { type: 'text', text: { preview_url: false, body: text } };
}

const isSuccess = ({ status }: ProviderAnswer): boolean => status >= 200 && status <= 299;
const fileName = (contentType: string): string => (contentType === 'image/png' ? 'header.png' : 'header.jpg');
