import { Select } from '@mantine/core';
import type { ReactNode } from 'react';

import { useRoles } from '../../api';
import { covers } from '../../lib/covers';
import { useSession } from '../../session';

interface RoleSelectProps {
  readonly label: string;
  readonly value: string;
  readonly error?: ReactNode;
  readonly onChange: (role: string) => void;
}

/** The roles that this person may give: none that can do more than they can. */
export function RoleSelect({ label, value, error, onChange }: RoleSelectProps): ReactNode {
  const { scopes: held } = useSession();
  const { roles, nameOf } = useRoles();
  const offered = roles.filter(({ scopes }) => scopes.every((scope) => covers(held, scope)));
  const chosen = roles.find(({ id }) => id === value);
  return (
    <Select
      label={label}
      description={chosen?.description}
      data={offered.map(({ id }) => ({ value: id, label: nameOf(id) }))}
      value={value}
      error={error}
      onChange={(role) => role !== null && onChange(role)}
      comboboxProps={{ withinPortal: true }}
    />
  );
}
