import { Button, Popover } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import { type ReactNode, useState } from 'react';

import { useKeyNames, useOwners } from '../../api';
import { FilterChip } from '../../components';
import { useSession } from '../../session';
import { FindKey } from '../keys/find-key';

interface TargetFilterProps {
  /** `''` for none. */
  readonly targetId: string;
  /** `''` takes the filter off. */
  readonly onChange: (targetId: string) => void;
}

/** What was changed: a key that is looked for, or whatever else a link names. */
export function TargetFilter({ targetId, onChange }: TargetFilterProps): ReactNode {
  const [isOpen, setIsOpen] = useState(false);
  const { may } = useSession();
  const { nameOf } = useOwners();
  const keyName = useKeyNames([targetId]);
  if (targetId) return <FilterChip label="Of" value={keyName(targetId) ?? nameOf(targetId)} onRemove={() => onChange('')} />;
  if (!may('api_key.read')) return null;
  const choose = (keyId: string): void => {
    setIsOpen(false);
    onChange(keyId);
  };
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-start" trapFocus returnFocus width={320}>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          fw={500}
          rightSection={<ChevronDown size={13} aria-hidden />}
          onClick={() => setIsOpen(!isOpen)}
        >
          Key
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <FindKey onFound={choose} />
      </Popover.Dropdown>
    </Popover>
  );
}
