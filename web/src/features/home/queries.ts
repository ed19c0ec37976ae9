import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, data, type Schemas } from "@/api/client";
import { useChosenLocation, useLocations } from "@/layout/locations";
import { useConnected } from "@/realtime/live";
import type { Me } from "@/session/me";
import { useMay, useMe } from "@/session/SessionProvider";
import { usePreferences } from "@/ui/format";
import type { Range } from "./days";

export type Status = Schemas["StatusRead"];
export type Node = Schemas["NodeRead"];
export type Summary = Schemas["CallSummary"];

/** Nodes tell every 10 s; events tell of changes in between. */
const LOOK_AGAIN_MS = 10_000;

export type May = (scope: string) => boolean;

export const statusQuery = { queryKey: ["status", "home"], queryFn: () => data(api.GET("/api/v1/status")) };

export const nodesQuery = {
  queryKey: ["nodes", "home"],
  queryFn: async () => (await data(api.GET("/api/v1/nodes", { params: { query: { limit: 200 } } }))).items,
};

function summaryQuery(range: Range, locationId: string | null) {
  const location_id = locationId ?? undefined;
  return {
    queryKey: [range.to ? "summary-past" : "summary", range, location_id],
    queryFn: () => data(api.GET("/api/v1/calls/summary", { params: { query: { ...range, location_id } } })),
  };
}

export function unheardQuery(locationId: string | null) {
  const location_id = locationId ?? undefined;
  return {
    queryKey: ["voicemails", "unheard", location_id],
    queryFn: async () => {
      const query = { heard: false, limit: 1, with_total: true, location_id };
      return (await data(api.GET("/api/v1/voicemails", { params: { query } }))).total ?? 0;
    },
  };
}

export function maySeeStatus(may: May): boolean {
  return may("trunks:read") || may("devices:read");
}

/** Nodes belong to the installation, not to an organisation: the scope alone is not enough. */
export function maySeeNodes(me: Me, may: May): boolean {
  return may("nodes:read") && me.installation_admin;
}

/** How trunks and phones are. */
export function useStatus() {
  const may = useMay();
  return useQuery({ ...statusQuery, enabled: maySeeStatus(may), refetchInterval: LOOK_AGAIN_MS });
}

export function useMaySeeNodes(): boolean {
  return maySeeNodes(useMe(), useMay());
}

/** The nodes, for installation admins. */
export function useNodes() {
  return useQuery({ ...nodesQuery, enabled: useMaySeeNodes(), refetchInterval: LOOK_AGAIN_MS });
}

/** Figures of a range; without an end they follow the calls. */
export function useSummary(range: Range) {
  const may = useMay();
  return useQuery({
    ...summaryQuery(range, useChosenLocation()),
    enabled: may("calls:read"),
    placeholderData: (before) => before,
  });
}

/** How many messages nobody has heard yet. */
export function useUnheard() {
  const may = useMay();
  return useQuery({ ...unheardQuery(useChosenLocation()), enabled: may("voicemails:read") });
}

/** The zone by whose clock today is: the chosen location's, else one's own. */
export function useZone(): string {
  const chosen = useChosenLocation();
  const location = useLocations().find(({ id }) => id === chosen);
  const { timezone } = usePreferences();
  return location?.timezone ?? timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** After a break everything is read again: what failed meanwhile, and what no event tells. */
export function useFreshAfterBreak(): void {
  const queries = useQueryClient();
  const connected = useConnected();
  const before = useRef(true);
  useEffect(() => {
    if (connected && !before.current) queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
    before.current = connected;
  }, [connected, queries]);
}
