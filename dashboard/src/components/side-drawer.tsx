import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';

interface SideDrawerProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Everything about one row, beside the list. */
export const SideDrawer = ({ title, isOpen, onClose, children }: SideDrawerProps): ReactNode => (
  <Drawer
    opened={isOpen}
    onClose={onClose}
    title={title}
    position="right"
    size={560}
    padding="lg"
    overlayProps={{ backgroundOpacity: 0.25 }}
    closeButtonProps={{ 'aria-label': 'Close' }}
  >
    {children}
  </Drawer>
);
