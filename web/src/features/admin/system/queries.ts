import { useQuery } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import { asProblem } from "@/api/problem";

/** Each thing the system needs, by name, and whether it answers; asked again while the page is open. */
export function useReadiness() {
  return useQuery({
    queryKey: ["readyz"],
    queryFn: async (): Promise<Record<string, string>> => (await fetch("/readyz")).json(),
    refetchInterval: 10_000,
    retry: (failures, error) => failures < 2 && asProblem(error).status === 0,
  });
}

export function useSystem() {
  return useQuery({ queryKey: ["system"], queryFn: () => data(api.GET("/api/v1/system")), staleTime: 60_000 });
}
