/** Every filter of `GET /v1/call-logs`, with nothing chosen. */
export const NO_FILTERS = {
  keyId: '',
  subjectKeyId: '',
  principalId: '',
  method: '',
  path: '',
  route: '',
  status: '',
  statusClass: '',
  code: '',
  ip: '',
  environment: '',
  requestId: '',
  minLatencyMs: '',
  scope: '',
};

export type CallFilterName = keyof typeof NO_FILTERS;

/** What is asked for: filters that are chosen, and times. */
export type CallQuery = Readonly<Partial<Record<CallFilterName | 'from' | 'to', string>>>;

/** The chosen ones. */
export const filtersOf = (state: Readonly<Record<CallFilterName, string>>): CallQuery =>
  Object.fromEntries(
    Object.keys(NO_FILTERS)
      .map((name) => [name, state[name as CallFilterName]] as const)
      .filter(([, value]) => value !== ''),
  );
