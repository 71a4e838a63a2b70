import { Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';

import { Failure } from '../../api';
import { OpenScreen, ToSignIn } from './open-screen';

/** The fragment is never sent anywhere by the browser; it leaves the address when the link has been used. */
export function useLinkToken(): string {
  const [token] = useState(() => location.hash.slice(1));
  return token;
}

/** Whether a refusal is about the link, and nothing that is typed can mend it. */
export const isDeadLink = (error: Error | null): boolean =>
  error instanceof Failure && (error.code === 'token_used_or_expired' || error.code === 'not_found');

/** @param reason why it does not work @param remedy where to get another one */
export const DeadLink = ({ reason, remedy }: { readonly reason: string; readonly remedy: string }): ReactNode => (
  <OpenScreen title="This link does not work">
    <Text role="alert">{reason}</Text>
    {remedy && <Text>{remedy}</Text>}
    <ToSignIn>Sign in</ToSignIn>
  </OpenScreen>
);

export const INCOMPLETE = 'It is not complete: the part after # is missing.';
export const USED = 'It has been used, or has expired.';
