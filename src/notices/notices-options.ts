export interface NoticesOptions {
  /** How people reach the service: mails link to its dashboard. */
  readonly publicUrl: string;
}

export const NOTICES_OPTIONS = Symbol('keystile:notices-options');
