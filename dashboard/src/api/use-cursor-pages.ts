import { keepPreviousData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';

interface Page<Row> {
  readonly data: readonly Row[];
  readonly nextCursor: string | null;
}

/** A list that is read page by page, as far as somebody asks. */
export interface CursorPages<Row> {
  /** `undefined` until the first page is there. */
  readonly rows: readonly Row[] | undefined;
  readonly error: Error | null;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** Another question has been asked, and the rows are still those of the one before. */
  readonly isStale: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
}

/** @param queryKey begins with the noun, and holds every filter */
export function useCursorPages<Row>(
  queryKey: QueryKey,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Row>>,
  { enabled = true }: { readonly enabled?: boolean } = {},
): CursorPages<Row> {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled,
  });
  return {
    rows: query.data?.pages.flatMap(({ data }) => data),
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    isStale: query.isPlaceholderData,
    loadMore: () => void query.fetchNextPage(),
    reload: () => void query.refetch(),
  };
}
