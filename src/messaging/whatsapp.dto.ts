import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject, IsOptional, Length, Matches, MaxLength, ValidateNested } from 'class-validator';

import { IsNotBlank } from '../http';
import { IsPhone, IsText } from './input';

export class WhatsappTemplateDto {
  /** As it was approved by the provider. */
  @Matches(/^[a-z0-9_]{1,512}$/, { message: 'must be the name of a template: a-z, 0-9 and _' })
  readonly name!: string;

  /** `en`, `pt_BR`. */
  @Matches(/^[a-z]{2,3}(?:_[A-Z]{2,4})?$/, { message: 'must be a language code, such as en or pt_BR' })
  readonly language!: string;

  /** What stands for the placeholders of the template's body, in order. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @MaxLength(1024, { each: true })
  @IsText({ each: true })
  readonly parameters?: readonly string[];
}

export class SendWhatsappDto {
  /** E.164, `+4915112345678`. */
  @IsPhone()
  readonly to!: string;

  /** Either this or `template`. Up to 4,096 characters; 1,024 under a header image. */
  @IsOptional()
  @Length(1, 4096)
  @IsNotBlank()
  @IsText()
  readonly text?: string;

  /** Either this or `text`. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => WhatsappTemplateDto)
  readonly template?: WhatsappTemplateDto;

  /** From `POST /whatsapp/upload-header-image`. */
  @IsOptional()
  @Matches(/^img_[0-9a-z]{26}$/, { message: 'must be the id of a header image' })
  readonly headerImageId?: string;
}

export class TestWhatsappDto {
  /** E.164, `+4915112345678`. */
  @IsPhone()
  readonly to!: string;
}

export class HeaderImageView {
  /** For `headerImageId` of `POST /whatsapp`. */
  readonly headerImageId!: string;
}
