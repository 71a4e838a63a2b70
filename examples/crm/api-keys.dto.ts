import { ArrayMaxSize, IsArray, IsOptional, IsString, Length } from 'class-validator';
import { IsMoment } from 'keystile';

export class ApiKeyDto {
  @IsString()
  @Length(1, 100)
  readonly name!: string;

  /** `*`, `client.*`, `client.read`, … */
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @Length(1, 100, { each: true })
  readonly permissions!: string[];

  /** Empty means any address. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsString({ each: true })
  readonly ip_allowlist?: string[];

  /** Keys do not expire by default. */
  @IsOptional()
  @IsMoment()
  readonly expires_at?: string;
}

export class KeysOfDto {
  /** The keys that this member of staff made: those to rotate when they leave. */
  @IsOptional()
  @IsString()
  @Length(1, 36)
  readonly created_by?: string;
}
