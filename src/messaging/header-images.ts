import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

import { type Clock, CLOCK, invalidField, newId, type Principal, Problem } from '../common';
import { inTransaction } from '../persistence';
import { imageTypeOf } from './image-type';
import { readBlob, writeBlob } from './message-blobs';
import { HeaderImage } from './message.entity';

/** The Cloud API forgets media after 30 days. */
const PROVIDER_KEEPS_MS = 29 * 24 * 60 * 60 * 1_000;

/** The pictures that an organization puts above its WhatsApp messages. */
@Injectable()
export class HeaderImages {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Problem `unsupported_media_type` for anything but a PNG or JPEG */
  async keep({ organizationId }: Principal, bytes: Buffer): Promise<string> {
    const contentType = imageTypeOf(bytes);
    if (!contentType) throw new Problem('unsupported_media_type');
    const now = this.clock.now();
    const id = newId('img', now);
    await inTransaction(this.database, async (manager) => {
      const unknown = { providerMediaId: null, providerPhoneId: null, providerMediaAt: null };
      await manager.insert(HeaderImage, { id, organizationId, contentType, createdAt: now, usedAt: now, ...unknown });
      await writeBlob(manager, id, bytes);
    });
    return id;
  }

  /**
   * Notes that a message of the organization asks for the picture, in the transaction that accepts the message.
   * @throws Problem `validation_failed` where the organization has no such picture
   */
  async use(manager: EntityManager, organizationId: string, id: string): Promise<void> {
    const { affected } = await manager.update(HeaderImage, { id, organizationId }, { usedAt: this.clock.now() });
    if (affected !== 1) throw invalidField('/headerImageId', 'is not a header image of this organization');
  }

  async read(organizationId: string, id: string): Promise<{ contentType: string; bytes: Buffer } | undefined> {
    const { manager } = this.database;
    const image = await manager.findOneBy(HeaderImage, { id, organizationId });
    if (!image) return undefined;
    const bytes = await readBlob(manager, id);
    return bytes && { contentType: image.contentType, bytes };
  }

  /** The id under which the provider still has it for this sender. */
  async providerMedia(organizationId: string, id: string, phoneId: string): Promise<string | undefined> {
    const image = await this.database.manager.findOneBy(HeaderImage, { id, organizationId, providerPhoneId: phoneId });
    if (!image?.providerMediaId || !image.providerMediaAt) return undefined;
    const isKept = this.clock.now().getTime() - image.providerMediaAt.getTime() < PROVIDER_KEEPS_MS;
    return isKept ? image.providerMediaId : undefined;
  }

  /** Two workers may have uploaded at once; either copy will do. */
  async keepProviderMedia(organizationId: string, id: string, phoneId: string, mediaId: string): Promise<void> {
    const copy = { providerMediaId: mediaId, providerPhoneId: phoneId, providerMediaAt: this.clock.now() };
    await inTransaction(this.database, async (manager) => {
      await manager.update(HeaderImage, { id, organizationId }, copy);
    });
  }
}
