import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { useDialogs } from "@/ui/dialogs";
import { usePages } from "@/ui/pages";
import { text } from "./text";

export type Message = Schemas["Voicemail"];
export type Mailbox = Schemas["Mailbox"];

export interface Wanted {
  box: string | null;
  location: string | null;
  /** "true", "false" or any. */
  heard: string | null;
  q: string | null;
}

const KEY = "voicemails";
const PAGE = 50;
const OWN_PAGE = 100;
const MOST_IDS = 200; // in one question
const NONE: ReadonlyMap<string, Mailbox> = new Map();

/** Messages, newest first, page by page. */
export function useMessages({ box, location, heard, q }: Wanted) {
  return useInfiniteQuery({
    queryKey: [KEY, "list", { box, location, heard, q }],
    queryFn: ({ pageParam, signal }) =>
      data(
        api.GET("/api/v1/voicemails", {
          params: {
            query: {
              limit: PAGE,
              cursor: pageParam,
              box_id: box ?? undefined,
              location_id: location ?? undefined,
              heard: heard === "true" ? true : heard === "false" ? false : undefined,
              q: q || undefined,
            },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** One message, as the address names it: opened here or by a link from its call. */
export function useMessage(id: string | null) {
  return useQuery({
    queryKey: [KEY, "one", id],
    queryFn: () => data(api.GET("/api/v1/voicemails/{voicemail_id}", { params: { path: { voicemail_id: id ?? "" } } })),
    enabled: id !== null,
  });
}

/** The first boxes with these words, to forward to. */
export function useMailboxes(q: string) {
  return useQuery({
    queryKey: [KEY, "boxes", q],
    queryFn: async () => (await readBoxes({ limit: 50, q: q || undefined })).items,
  });
}

/** Boxes that one may read, by name, page after page. */
export function useOwnBoxes(q: string) {
  return usePages([KEY, "boxes", "own", q], (cursor) =>
    readBoxes({ own: true, limit: OWN_PAGE, q: q || undefined, cursor }),
  );
}

/** Boxes by their ids: there may be thousands, and a list names a few of them. */
export function useBoxesOf(ids: Iterable<string | null>): ReadonlyMap<string, Mailbox> {
  const wanted = [...new Set(ids)].filter((id) => id !== null).sort();
  const { data: boxes } = useQuery({
    queryKey: [KEY, "boxes", "of", wanted],
    queryFn: async () => {
      const parts = Array.from({ length: Math.ceil(wanted.length / MOST_IDS) }, (_, at) =>
        wanted.slice(at * MOST_IDS, (at + 1) * MOST_IDS),
      );
      const pages = await Promise.all(parts.map((ids) => readBoxes({ ids, limit: MOST_IDS })));
      return new Map(pages.flatMap(({ items }) => items.map((box) => [box.id, box])));
    },
    enabled: wanted.length > 0,
    placeholderData: keepPreviousData,
  });
  return boxes ?? NONE;
}

const readBoxes = (query: { own?: boolean; ids?: string[]; q?: string; limit: number; cursor?: string }) =>
  data(api.GET("/api/v1/voicemails/boxes", { params: { query } }));

/** How many new messages there are in all of one's boxes. */
export function useNewMessages(): number {
  const { data: page } = useQuery({
    queryKey: [KEY, "new"],
    queryFn: () =>
      data(api.GET("/api/v1/voicemails", { params: { query: { heard: false, limit: 1, with_total: true } } })),
  });
  return page?.total ?? 0;
}

export function useMessageTranscript(id: string) {
  return useQuery({
    queryKey: [KEY, "transcript", id],
    queryFn: () =>
      data(api.GET("/api/v1/voicemails/{voicemail_id}/transcript", { params: { path: { voicemail_id: id } } })),
  });
}

/** Marks messages, deletes them and brings them back; what goes wrong is said. */
export function useInbox() {
  const queries = useQueryClient();
  const { notify, notifyProblem } = useDialogs();
  const onSettled = () => queries.invalidateQueries({ queryKey: [KEY] });
  const mark = useMutation({
    mutationFn: ({ id, heard }: { id: string; heard: boolean }) =>
      api.PATCH("/api/v1/voicemails/{voicemail_id}", { params: { path: { voicemail_id: id } }, body: { heard } }),
    onError: notifyProblem,
    onSettled,
  });
  const restore = useMutation({
    mutationFn: (id: string) =>
      api.POST("/api/v1/voicemails/{voicemail_id}/restore", { params: { path: { voicemail_id: id } } }),
    onSuccess: () => notify(text.restored),
    onError: notifyProblem,
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (id: string) =>
      api.DELETE("/api/v1/voicemails/{voicemail_id}", { params: { path: { voicemail_id: id } } }),
    onSuccess: (_, id) => notify({ message: text.deleted, undo: () => restore.mutate(id) }),
    onError: notifyProblem,
    onSettled,
  });
  return { mark: mark.mutate, remove: remove.mutate };
}
