import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsObject, IsOptional, IsString, Length, Matches, ValidateNested } from 'class-validator';

export class EndpointDto {
  @IsIn(['*', 'GET', 'POST', 'PATCH', 'DELETE'])
  readonly method!: string;

  /** A path, or the beginning of one followed by `*`. */
  @Matches(/^\/[\x21-\x29\x2b-\x7e]{0,250}\*?$/)
  readonly path!: string;
}

export class RestrictionsDto {
  /** Addresses and CIDR blocks. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  readonly ip_addresses?: string[];

  /** `https://shop.example.com`, also with a path, or with `*.` for any subdomain. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(/^https?:\/\/(?:\*\.)?(?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}(?::\d{1,5})?(?:\/[\x21-\x29\x2b-\x7e]{0,100})?$/, { each: true })
  readonly referrer_urls?: string[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => EndpointDto)
  readonly endpoints?: EndpointDto[];
}

export class ApiKeyDto {
  @IsString()
  @Length(1, 100)
  readonly name!: string;

  @IsIn(['test', 'live'])
  readonly type!: 'test' | 'live';

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RestrictionsDto)
  readonly restrictions?: RestrictionsDto;
}

export class ApiKeyPatchDto {
  @IsObject()
  @ValidateNested()
  @Type(() => RestrictionsDto)
  readonly restrictions!: RestrictionsDto;
}

export class DiagnosisDto {
  /** The key that does not work. */
  @IsString()
  @Length(1, 4096)
  readonly key!: string;

  /** Where it is meant to be used. */
  @IsIn(['test', 'live'])
  readonly type!: 'test' | 'live';
}
