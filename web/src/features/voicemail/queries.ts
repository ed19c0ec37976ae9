import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { useDialogs } from "@/ui/dialogs";
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

/** Boxes by name; all of them can be forwarded to, `own` ones can be read. */
export function useMailboxes(q = "") {
  return useQuery({
    queryKey: [KEY, "boxes", q],
    queryFn: async () =>
      (await data(api.GET("/api/v1/voicemails/boxes", { params: { query: { limit: 200, q: q || undefined } } }))).items,
  });
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
