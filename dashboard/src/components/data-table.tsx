import { Button, Group, Skeleton, Table, Text } from '@mantine/core';
import type { MouseEvent, ReactNode } from 'react';

import type { CursorPages } from '../api';
import classes from './data-table.module.css';
import { ErrorPanel } from './error-panel';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Not shown, for columns of buttons: in narrow windows they stand in the corner of the card. */
  readonly isTitleHidden?: boolean;
  readonly align?: 'right';
  readonly width?: number | string;
}

interface DataTableProps<Row> {
  /** What the table lists, for those who do not see it. */
  readonly label: string;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly pages: CursorPages<Row>;
  readonly rowKey: (row: Row) => string;
  /** In place of a table without rows. */
  readonly empty: ReactNode;
  readonly isRowQuiet?: (row: Row) => boolean;
  /** What a click anywhere in a row does. The first column holds a button that does the same, for the keyboard and screen readers. */
  readonly onOpen?: (row: Row) => void;
}

const SKELETON_ROWS = 6;

/** A list by pages. Narrow windows show each row as a card, its cells with their titles. The first column names the row. */
export function DataTable<Row>({ label, columns, pages, rowKey, empty, isRowQuiet, onOpen }: DataTableProps<Row>): ReactNode {
  const { rows, error, hasMore, isLoadingMore, isStale, loadMore, reload } = pages;
  if (error && !rows) return <ErrorPanel error={error} onRetry={reload} />;
  if (rows?.length === 0 && !hasMore) return empty;
  return (
    <>
      <div className={classes.frame} data-stale={isStale || undefined}>
        <Table className={classes.table} aria-label={label} aria-busy={!rows} highlightOnHover role="table">
          <Table.Thead role="rowgroup">
            <Table.Tr role="row">
              {columns.map(({ key, title, isTitleHidden, align, width }) => (
                <Table.Th key={key} role="columnheader" scope="col" data-align={align} w={width}>
                  {isTitleHidden ? <span className="unseen">{title}</span> : title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {rows?.map((row) => (
              <Table.Tr
                key={rowKey(row)}
                role="row"
                data-quiet={isRowQuiet?.(row) || undefined}
                data-opens={onOpen && true}
                onClick={onOpen && ((event) => isOfRow(event) && onOpen(row))}
              >
                {columns.map(({ key, title, cell, align, isTitleHidden }, index) =>
                  index === 0 ? (
                    <Table.Th key={key} scope="row" role="rowheader" className={classes.naming}>
                      {cell(row)}
                    </Table.Th>
                  ) : (
                    <Table.Td key={key} role="cell" data-label={title} data-corner={isTitleHidden || undefined} data-align={align}>
                      {cell(row)}
                    </Table.Td>
                  ),
                )}
              </Table.Tr>
            ))}
            {!rows && <SkeletonRows columns={columns.length} />}
          </Table.Tbody>
        </Table>
      </div>
      <ErrorPanel error={rows ? error : null} onRetry={reload} />
      {rows && (
        <Group justify="space-between" mt="sm">
          <Text fz="sm" c="dimmed" role="status">
            {rows.length} shown{hasMore ? ', and there are more' : ''}
          </Text>
          {hasMore && (
            <Button variant="default" loading={isLoadingMore} onClick={loadMore}>
              Show more
            </Button>
          )}
        </Group>
      )}
    </>
  );
}

/** Whether a click means the row: not a button or link in it, and not the end of marking a text. */
const isOfRow = ({ target }: MouseEvent): boolean => !(target as Element).closest('a, button') && getSelection()?.type !== 'Range';

const SkeletonRows = ({ columns }: { readonly columns: number }): ReactNode =>
  Array.from({ length: SKELETON_ROWS }, (_row, row) => (
    <Table.Tr key={row} role="row">
      {Array.from({ length: columns }, (_cell, cell) => (
        <Table.Td key={cell} role="cell">
          <Skeleton height={14} my={4} width={cell === 0 ? '70%' : '50%'} />
        </Table.Td>
      ))}
    </Table.Tr>
  ));
