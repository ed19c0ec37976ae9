import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { api, data } from "@/api/client";
import { useMay, useMe } from "@/session/SessionProvider";

const FEW = { params: { query: { limit: 100 } } } as const;

/** What exists already; each list's key begins with its resource, as everywhere. */
export function useExisting() {
  const may = useMay();
  const enabled = may("extensions:write") && may("phone-numbers:write");
  const locations = useQuery({
    queryKey: ["locations", "setup"],
    queryFn: () => data(api.GET("/api/v1/locations", FEW)),
    enabled,
  });
  const hours = useQuery({
    queryKey: ["time-conditions", "setup"],
    queryFn: () => data(api.GET("/api/v1/time-conditions", FEW)),
    enabled,
  });
  const extensions = useQuery({
    queryKey: ["extensions", "setup"],
    queryFn: () => data(api.GET("/api/v1/extensions", FEW)),
    enabled,
  });
  const devices = useQuery({
    queryKey: ["devices", "setup"],
    queryFn: () => data(api.GET("/api/v1/devices", FEW)),
    enabled,
  });
  const trunks = useQuery({
    queryKey: ["trunks", "setup"],
    queryFn: () => data(api.GET("/api/v1/trunks", FEW)),
    enabled,
  });
  const numbers = useQuery({
    queryKey: ["phone-numbers", "setup"],
    queryFn: () => data(api.GET("/api/v1/phone-numbers", FEW)),
    enabled,
  });
  const all = [locations, hours, extensions, devices, trunks, numbers];
  return {
    enabled,
    isPending: enabled && all.some(({ isPending }) => isPending),
    error: all.find(({ isLoadingError }) => isLoadingError)?.error ?? null,
    locations: locations.data?.items ?? [],
    hours: hours.data?.items ?? [],
    extensions: extensions.data?.items ?? [],
    devices: devices.data?.items ?? [],
    trunks: trunks.data?.items ?? [],
    numbers: numbers.data?.items ?? [],
  };
}

export type Existing = ReturnType<typeof useExisting>;

/** What an apply would do now. */
export function usePlan(enabled = true) {
  return useQuery({
    queryKey: ["config", "setup-plan"],
    queryFn: () => data(api.POST("/api/v1/config/plan")),
    enabled,
  });
}

/** Which phones and trunks are up; events make it stale, the clock finds what events don't tell. */
export function useLights() {
  return useQuery({
    queryKey: ["status", "setup"],
    queryFn: () => data(api.GET("/api/v1/status", { params: { query: { with_devices: true } } })),
    refetchInterval: 5_000,
  });
}

export function useConnection() {
  return useQuery({ queryKey: ["connection"], queryFn: () => data(api.GET("/api/v1/connection")) });
}

/** Reads everything again: a step changes objects of several kinds at once. */
export function useReadAgain() {
  const queries = useQueryClient();
  return useCallback(() => queries.invalidateQueries(), [queries]);
}

/** What phones' names end with: they are unique on the whole installation, and each organisation begins with 201. */
export function useDeviceTag(): string {
  return useMe().org_id.slice(-4);
}
