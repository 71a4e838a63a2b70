import type { CallWriter } from './call-writer';

/** Of a backlog, so many are stored at once that lines of roll-ups are written seldom. */
export const DRAIN_BATCH = 16_000;

/** What the thread is given at its start. */
export interface DrainWorkerData {
  readonly databaseUrl: string;
  /** Of the journal. */
  readonly dir: string;
  readonly batch: number;
}

export type WriterMethod = keyof CallWriter;

/** Asks the thread for one thing. */
export type DrainRequest = {
  [Method in WriterMethod]: {
    readonly id: number;
    /** Milliseconds since 1970 by the clock of the application. */
    readonly now: number;
    readonly method: Method;
    readonly parameters: Parameters<CallWriter[Method]>;
  };
}[WriterMethod];

export type DrainAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly isUnavailable: boolean } }
  | { readonly warning: string };
