import type { ProblemWords } from './problem-words';

export interface HttpOptions extends ProblemWords {
  /** Sign page cursors; the first one is used for new cursors, all are accepted. */
  readonly cursorSecrets: readonly Buffer[];
  /**
   * In an application with controllers of its own ways: the controllers whose bodies and queries are checked as ours are, while
   * nothing but a `Problem` is answered as one. Default: every controller and every error.
   */
  readonly only?: readonly Function[];
}

export const HTTP_OPTIONS = Symbol('keystile:http-options');
