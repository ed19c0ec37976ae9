import { useInfiniteQuery } from "@tanstack/react-query";

export interface PageOf<Item> {
  items: Item[];
  next_cursor: string | null;
  /** Where it was asked for. */
  total?: number | null;
}

/** A list of the API, page after page. `read` gets the cursor of the page that is wanted. */
export function usePages<Item>(
  queryKey: readonly unknown[],
  read: (cursor: string | undefined) => Promise<PageOf<Item>>,
) {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
  });
  return { ...query, items: query.data?.pages.flatMap(({ items }) => items) ?? [] };
}

export type Pages<Item> = ReturnType<typeof usePages<Item>>;
