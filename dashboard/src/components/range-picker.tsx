import { Button, Group, Menu, Popover, Stack, Text, TextInput } from '@mantine/core';
import { CalendarClock, ChevronDown } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';

import { fromLocalInput, isExactly, PRESETS, type RangeState, timesOf, toLocalInput } from '../lib/ranges';
import { formatExactly, timeZone } from '../lib/time';

interface RangePickerProps {
  readonly state: RangeState;
  readonly onChange: (state: RangeState) => void;
  /** The longest that may be asked for, in milliseconds. */
  readonly longestMs?: number;
  /** Whether there need be no bounds. */
  readonly isOpenAllowed?: boolean;
}

/** Presets and exact times, with the zone that they are in. */
export function RangePicker({ state, onChange, longestMs = Number.POSITIVE_INFINITY, isOpenAllowed = false }: RangePickerProps): ReactNode {
  const [isExact, setExact] = useState(false);
  const choose = (range: string): void => onChange({ range, from: '', to: '' });
  return (
    <Popover withRoles={false} opened={isExact} onChange={setExact} position="bottom-start" trapFocus returnFocus withinPortal>
      <Popover.Target>
        <div>
          <Menu position="bottom-start">
            <Menu.Target>
              <Button
                variant="default"
                size="xs"
                leftSection={<CalendarClock size={14} aria-hidden />}
                rightSection={<ChevronDown size={13} aria-hidden />}
              >
                {labelOf(state, isOpenAllowed)}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{timeZone()}</Menu.Label>
              {PRESETS.filter(({ ms }) => ms <= longestMs).map(({ value, label }) => (
                <Menu.Item key={value} onClick={() => choose(value)} fw={value === state.range && !isExactly(state) ? 600 : 400}>
                  {label}
                </Menu.Item>
              ))}
              {isOpenAllowed && <Menu.Item onClick={() => choose('all')}>All time</Menu.Item>}
              <Menu.Divider />
              <Menu.Item onClick={() => setExact(true)}>Exact times …</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label="Exact times">
        <ExactTimes
          state={state}
          onApply={(exact) => {
            setExact(false);
            onChange(exact);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function ExactTimes({ state, onApply }: { readonly state: RangeState; readonly onApply: (state: RangeState) => void }): ReactNode {
  const [times] = useState(() => timesOf(state, Date.now()));
  const [from, setFrom] = useState(toLocalInput(times.from));
  const [to, setTo] = useState(toLocalInput(times.to));
  const isBackwards = from !== '' && to !== '' && from >= to;
  const apply = (event: FormEvent): void => {
    event.preventDefault();
    if (!isBackwards) onApply({ ...state, from: fromLocalInput(from), to: fromLocalInput(to) });
  };
  return (
    <form onSubmit={apply}>
      <Stack gap="sm">
        <TextInput type="datetime-local" label="Not before" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput
          type="datetime-local"
          label="Before"
          value={to}
          error={isBackwards ? 'Has to be later than the other' : undefined}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Group justify="space-between">
          <Text fz="xs" c="dimmed">
            Times of {timeZone()}
          </Text>
          <Button type="submit" size="xs">
            Apply
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const short = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

function labelOf(state: RangeState, isOpenAllowed: boolean): string {
  if (!isExactly(state)) return PRESETS.find(({ value }) => value === state.range)?.label ?? (isOpenAllowed ? 'All time' : 'Last 24 hours');
  const { from, to } = timesOf(state, 0);
  return [from ? short.format(new Date(from)) : '…', to ? short.format(new Date(to)) : 'now'].join(' – ');
}

/** From when to when, to the second. */
export const RangeWords = ({ from, to }: { readonly from: string; readonly to: string }): ReactNode => (
  <Text fz="sm" c="dimmed">
    {formatExactly(new Date(from))} to {formatExactly(new Date(to))} · {timeZone()}
  </Text>
);
