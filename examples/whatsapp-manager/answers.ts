import type { ProblemBody } from 'keystile';

/** The envelope of every answer that says yes. */
export interface Success<T> {
  readonly status: 'success';
  readonly data: T;
}

export const success = <T>(data: T): Success<T> => ({ status: 'success', data });

/** And of every answer that says no. */
export const failure = ({ message, errors }: ProblemBody): object => ({
  status: 'error',
  message,
  ...(errors ? { errors: errors.map(({ pointer, message: fault }) => ({ field: snakeCase(pointer.slice(1)), message: fault })) } : {}),
});

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** As the document writes times: `2025-12-31T23:59:59Z`. */
export const moment = (time: Date): string => time.toISOString().replace('.000Z', 'Z');
