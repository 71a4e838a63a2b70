export interface NoticesOptions {
  /** Where people see to their keys. Each mail ends with it. */
  readonly link: string;
}

export const NOTICES_OPTIONS = Symbol('keystile:notices-options');
