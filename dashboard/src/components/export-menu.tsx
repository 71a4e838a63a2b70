import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ChevronDown, Download } from 'lucide-react';
import type { ReactNode } from 'react';

import { curl } from '../api';
import { download } from '../lib/download';
import { CopyAsCurlItem } from './copy-as-curl';

interface ExportMenuProps {
  readonly path: '/v1/call-logs/export' | '/v1/audit-events/export';
  /** The filters of what is on the screen. */
  readonly query: Readonly<Record<string, string | undefined>>;
}

const FORMATS = [
  { format: 'csv', label: 'CSV, for spreadsheets' },
  { format: 'ndjson', label: 'NDJSON, for programs' },
] as const;

/** Saves everything that the list would show, however many pages it has. */
export function ExportMenu({ path, query }: ExportMenuProps): ReactNode {
  const save = async (format: string): Promise<void> => {
    try {
      await download(path, { ...query, format });
    } catch (error) {
      notifications.show({ color: 'red', title: 'Not exported', message: error instanceof Error ? error.message : String(error) });
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<Download size={14} aria-hidden />}
          rightSection={<ChevronDown size={13} aria-hidden />}
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>All that the filters let through</Menu.Label>
        {FORMATS.map(({ format, label }) => (
          <Menu.Item key={format} onClick={() => void save(format)}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <CopyAsCurlItem command={() => curl('get', path, { query: { ...query, format: 'csv' } })} />
      </Menu.Dropdown>
    </Menu>
  );
}
