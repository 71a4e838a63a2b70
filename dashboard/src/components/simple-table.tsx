import { Skeleton, Text } from '@mantine/core';
import type { ReactNode } from 'react';

import { type Column, DataTable } from './data-table';
import { ErrorPanel } from './error-panel';

interface SimpleTableProps<Row> {
  readonly label: string;
  readonly columns: ReadonlyArray<Column<Row>>;
  /** All of them: `undefined` until they are there. */
  readonly rows: readonly Row[] | undefined;
  readonly error: Error | null;
  readonly rowKey: (row: Row) => string;
  readonly empty: string;
}

/** A list that comes in one piece. */
export function SimpleTable<Row>({ rows, error, empty, ...table }: SimpleTableProps<Row>): ReactNode {
  if (error && !rows) return <ErrorPanel error={error} />;
  if (!rows) return <Skeleton height={120} />;
  const pages = { rows, error, hasMore: false, isLoadingMore: false, isStale: false, loadMore: nothing, reload: nothing };
  return <DataTable {...table} pages={pages} empty={<Text c="dimmed">{empty}</Text>} />;
}

const nothing = (): void => undefined;
