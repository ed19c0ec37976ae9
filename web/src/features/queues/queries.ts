import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { useDialogs } from "@/ui/dialogs";

export type LiveQueue = Schemas["LiveQueue"];
export type LiveMember = Schemas["LiveMember"];
export type MemberState = Schemas["MemberState"];
export type MemberAction = Schemas["MemberAction"];

const RESOURCE = "queues-live";
/** Events tell of changes (see `realtime/staleness`); this is for what no event tells, such as midnight. */
const LOOK_AGAIN_MS = 15_000;

export function liveQueuesQuery(locationId: string | null, mine = false) {
  const query = { location_id: locationId ?? undefined, mine };
  return {
    queryKey: [RESOURCE, { locationId, mine }],
    queryFn: () => data(api.GET("/api/v1/queues/live", { params: { query } })),
  };
}

/** The queues in force as they are now; `mine`: only those that one is a member of. */
export function useLiveQueues(locationId: string | null, mine = false, wanted = true) {
  return useQuery({
    ...liveQueuesQuery(locationId, mine),
    enabled: wanted,
    refetchInterval: LOOK_AGAIN_MS,
    placeholderData: (before) => before,
  });
}

export interface MemberOrder {
  queueId: string;
  /** Null: one's own. */
  extensionId: string | null;
  action: MemberAction;
  /** Of a pause. */
  reason?: string;
}

/** Logs a member in or out, or pauses it; done when the queue's Asterisk has done it. */
export function useMemberOrder() {
  const queries = useQueryClient();
  const { notifyProblem } = useDialogs();
  return useMutation({
    mutationFn: ({ queueId, extensionId, action, reason }: MemberOrder) => {
      const body = reason ? { reason } : undefined;
      const path = { queue_id: queueId, action };
      return extensionId
        ? api.POST("/api/v1/queues/{queue_id}/members/{extension_id}/{action}", {
            params: { path: { ...path, extension_id: extensionId } },
            body,
          })
        : api.POST("/api/v1/queues/{queue_id}/members/me/{action}", { params: { path }, body });
    },
    onError: notifyProblem,
    onSettled: () => queries.invalidateQueries({ queryKey: [RESOURCE] }),
  });
}
