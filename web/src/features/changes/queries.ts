import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Schemas } from "@/api/client";
import { configStatus } from "@/api/configStatus";
import { useMay } from "@/session/SessionProvider";

export type Change = Schemas["ChangeRead"];
export type Problem = Schemas["ProblemRead"];
export type Release = Schemas["ReleaseRead"];
export type ReleaseState = Schemas["ReleaseState"];

/** How many changes wait, and how the last release went; looked at again when somebody else may have edited. */
export function useConfigStatus() {
  const may = useMay();
  return useQuery({
    ...configStatus,
    enabled: may("config:read"),
    refetchInterval: ({ state }) => (state.data?.newest?.state === "applying" ? 2_000 : 30_000),
    refetchOnWindowFocus: "always",
  });
}

/** What an apply would do. */
export function usePlan() {
  return useQuery({
    queryKey: ["config", "plan"],
    queryFn: () => data(api.POST("/api/v1/config/plan")),
    staleTime: 0,
  });
}

/** How often a release under way is looked at: the API answers at once when it is done. */
const LOOK_S = 1.5;

/** One release; followed while it is under way. */
export function useRelease(id: string) {
  const queries = useQueryClient();
  const queryKey = ["config", "releases", id];
  return useQuery({
    queryKey,
    queryFn: async () => {
      const known = queries.getQueryData<Release>(queryKey);
      const query = { wait_s: known?.state === "applying" ? LOOK_S : 0 };
      const found = await data(
        api.GET("/api/v1/config/releases/{release_id}", { params: { path: { release_id: id }, query } }),
      );
      if (known?.state === "applying" && found.state !== "applying")
        queries.invalidateQueries({ queryKey: configStatus.queryKey });
      return found;
    },
    refetchInterval: ({ state }) => (state.data?.state === "applying" ? 100 : false),
  });
}

export interface ReleaseFilters {
  state?: ReleaseState;
  author?: string;
  reason?: string;
  from?: string;
  to?: string;
}

/** The history, newest first, a page at a time. */
export function useReleases(filters: ReleaseFilters = {}, limit = 50) {
  return useInfiniteQuery({
    queryKey: ["config", "releases", "list", filters, limit],
    queryFn: ({ pageParam }) =>
      data(api.GET("/api/v1/config/releases", { params: { query: { ...filters, limit, cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

/** What differs between two states: numbers or ids of releases, `live`, `draft`. */
export function useComparison(from: string, to: string, files = false) {
  return useQuery({
    queryKey: ["config", "compare", from, to, files],
    queryFn: () => data(api.GET("/api/v1/config/releases/compare", { params: { query: { from, to, files } } })),
    enabled: from !== "" && to !== "",
  });
}

function useReleaseMutation<Wanted>(act: (wanted: Wanted) => Promise<Release>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (release) => {
      queries.setQueryData(["config", "releases", release.id], release);
      queries.invalidateQueries({ queryKey: ["config"] });
    },
  });
}

type ApplyRequest = Schemas["ApplyRequest"];

/** What a form with the fields `reason` and, where there are several nodes, `canary` asks for. */
export function requestOf(form: HTMLFormElement): ApplyRequest {
  const fields = new FormData(form);
  return { reason: String(fields.get("reason") ?? ""), canary: String(fields.get("canary") ?? "") || null };
}

export const useApply = () =>
  useReleaseMutation((body: ApplyRequest) => data(api.POST("/api/v1/config/releases", { body })));

export const useRollBack = (id: string) =>
  useReleaseMutation((body: ApplyRequest) =>
    data(api.POST("/api/v1/config/releases/{release_id}/rollback", { params: { path: { release_id: id } }, body })),
  );

export const useResume = (id: string) =>
  useReleaseMutation((_: null) =>
    data(api.POST("/api/v1/config/releases/{release_id}/resume", { params: { path: { release_id: id } } })),
  );
