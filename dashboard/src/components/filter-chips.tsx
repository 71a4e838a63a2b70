import { Button, CloseButton, Group, Menu, TextInput } from '@mantine/core';
import { ChevronDown, Search, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';

import classes from './filter-chips.module.css';

export interface FilterOption {
  readonly value: string;
  readonly label: string;
}

interface FilterMenuProps {
  /** What it filters by: `Status`. */
  readonly label: string;
  /** `''` for none. */
  readonly value: string;
  readonly options: readonly FilterOption[];
  /** `''` takes the filter off. */
  readonly onChange: (value: string) => void;
}

/** A filter with few choices: a chip that opens them and, once one is chosen, says which and takes it off again. */
export function FilterMenu({ label, value, options, onChange }: FilterMenuProps): ReactNode {
  const chosen = value === '' ? undefined : (options.find((option) => option.value === value)?.label ?? value);
  return (
    <Group gap={0} className={classes.chip} data-on={chosen ? true : undefined}>
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <Button variant="default" size="xs" className={classes.target} rightSection={<ChevronDown size={13} aria-hidden />}>
            {chosen ? `${label}: ${chosen}` : label}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={360} className={classes.menu}>
          {options.map((option) => (
            <Menu.Item key={option.value} onClick={() => onChange(option.value)} fw={option.value === value ? 600 : 400}>
              {option.label}
            </Menu.Item>
          ))}
          {chosen && <Menu.Divider />}
          {chosen && <Menu.Item onClick={() => onChange('')}>Any</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      {chosen && <RemoveFilter label={label} onRemove={() => onChange('')} />}
    </Group>
  );
}

/** A filter that stands in the address without a menu of its own: what it is, and the way out. */
export const FilterChip = ({
  label,
  value,
  onRemove,
}: {
  readonly label: string;
  readonly value: string;
  readonly onRemove: () => void;
}): ReactNode => (
  <Group gap={0} className={classes.chip} data-on>
    <span className={classes.plain}>
      {label}: {value}
    </span>
    <RemoveFilter label={label} onRemove={onRemove} />
  </Group>
);

const RemoveFilter = ({ label, onRemove }: { readonly label: string; readonly onRemove: () => void }): ReactNode => (
  <CloseButton
    size={24}
    className={classes.remove}
    icon={<X size={13} aria-hidden />}
    aria-label={`Remove the filter ${label}`}
    onClick={onRemove}
  />
);

const PAUSE_MS = 250;

/** Searches when somebody pauses; `/` goes there. */
export function SearchField({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const [text, setText] = useState(value);
  const [sent, setSent] = useState(value);
  // Somebody else has changed it: a filter taken off, the way back.
  if (value !== sent) {
    setSent(value);
    setText(value);
  }
  useEffect(() => {
    if (text === sent) return undefined;
    const timer = setTimeout(() => {
      setSent(text);
      onChange(text);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, sent, onChange]);
  return (
    <TextInput
      type="search"
      size="xs"
      className={classes.search}
      data-search
      aria-label={label}
      placeholder={label}
      leftSection={<Search size={14} aria-hidden />}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}

/** The line of filters above a list. */
export const FilterBar = ({ children }: { readonly children: ReactNode }): ReactNode => (
  <Group gap={8} mb="md" role="search">
    {children}
  </Group>
);
