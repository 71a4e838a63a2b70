import { useEffect, useRef } from 'react';

import type { CursorPages } from './use-cursor-pages';

const AT_LEAST = 20;
const MOST_PAGES = 30;

/**
 * Records are looked for a moment at a time: a page may be short, or empty, and still have more. This goes on until there is something to
 * look at, within bounds.
 * @param query names the question; another one begins anew
 */
export function useFilledPages<Row>(pages: CursorPages<Row>, query: unknown): CursorPages<Row> {
  const asked = JSON.stringify(query);
  const read = useRef({ asked, count: 0 });
  const { rows, hasMore, isLoadingMore, isStale, error, loadMore } = pages;
  useEffect(() => {
    if (read.current.asked !== asked) read.current = { asked, count: 0 };
    if (!rows || rows.length >= AT_LEAST || !hasMore || isLoadingMore || isStale || error || read.current.count === MOST_PAGES) return;
    read.current.count += 1;
    loadMore();
  }, [asked, rows, hasMore, isLoadingMore, isStale, error, loadMore]);
  return pages;
}
