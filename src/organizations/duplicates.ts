import { conflict } from '../common';
import { isDuplicate } from '../persistence';

/**
 * Says in words what a unique index says in its own.
 * @throws Problem `conflict`
 */
export async function refusingDuplicates<T>(message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDuplicate(error)) throw conflict(message);
    throw error;
  }
}
