import { Notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';

/** Where what has happened is told for some seconds. Loaded when the page stands; what is told before waits. */
export default function Toasts(): ReactNode {
  return <Notifications position="bottom-right" limit={3} autoClose={6000} />;
}
