import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';

import { api, SignedOut, take } from '../api';
import { paths } from '../paths';
import { tellOtherTabs, useRenewSession } from '../session';

async function endSession(): Promise<void> {
  try {
    await take(api.POST('/v1/auth/logout'));
  } catch (error) {
    // Over already is what was asked for.
    if (!(error instanceof SignedOut)) throw error;
  }
}

/** Ends this session: here, in other tabs, and at the service. */
export function useSignOut(): () => void {
  const renewSession = useRenewSession();
  const [, navigate] = useLocation();
  const { mutate } = useMutation({
    mutationFn: endSession,
    onSuccess: async () => {
      tellOtherTabs('signed-out');
      navigate(paths.home);
      await renewSession();
      notifications.show({ message: 'You are signed out.' });
    },
    onError: (error) => notifications.show({ color: 'red', title: 'Not signed out', message: error.message }),
  });
  return () => mutate();
}
