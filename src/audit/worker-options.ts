/** Stores calls in a thread of its own, so that no call waits for it. */
export interface WorkerOptions {
  /** Where the call database is, as `openDatabase` takes it: the thread opens it for itself. */
  readonly databaseUrl: string;
  /** For Node, of the thread. Default: those of the process. */
  readonly execArgv?: readonly string[];
}
