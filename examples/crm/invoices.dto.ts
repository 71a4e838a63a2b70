import { IsIn, IsInt, IsOptional, Matches, Max, Min, ValidateIf } from 'class-validator';

import { INVOICE_STATUSES, type InvoiceStatus } from './invoice.entity';

const MOST_CENTS = 2_000_000_000;
const IfThere = (): PropertyDecorator => ValidateIf((_object, value) => value !== undefined);

export class InvoiceDto {
  @IsInt()
  @Min(1)
  readonly client_id!: number;

  @IsInt()
  @Min(0)
  @Max(MOST_CENTS)
  readonly amount_cents!: number;

  @Matches(/^[A-Z]{3}$/)
  readonly currency!: string;

  @IsOptional()
  @IsIn(INVOICE_STATUSES)
  readonly status?: InvoiceStatus;
}

export class InvoicePatchDto {
  @IfThere()
  @IsInt()
  @Min(0)
  @Max(MOST_CENTS)
  readonly amount_cents?: number;

  @IfThere()
  @Matches(/^[A-Z]{3}$/)
  readonly currency?: string;

  @IfThere()
  @IsIn(INVOICE_STATUSES)
  readonly status?: InvoiceStatus;
}
