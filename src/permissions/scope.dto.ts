export class ScopeEndpointView {
  readonly method!: string;
  readonly path!: string;
}

export class ScopeView {
  readonly name!: string;
  readonly description!: string;
  readonly endpoints!: readonly ScopeEndpointView[];
  /** Whether an API key may hold it. */
  readonly grantableToKeys!: boolean;
}

export class ScopeListView {
  readonly data!: readonly ScopeView[];
  readonly hasMore!: boolean;
  readonly nextCursor!: string | null;
}
