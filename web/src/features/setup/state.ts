import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data } from "@/api/client";
import { configStatus } from "@/api/configStatus";
import { useMay } from "@/session/SessionProvider";

type Made = Record<"hours" | "devices" | "trunks" | "numbers", readonly unknown[]>;

/** A step is done when what it makes exists, however it was made: nothing is stored about it. */
export function doneOf({ hours, devices, trunks, numbers }: Made) {
  return {
    place: hours.length > 0,
    phone: devices.length > 0,
    trunk: trunks.length > 0,
    number: numbers.length > 0,
  };
}

export interface Progress {
  done: number;
  /** The test call at the end counts, but leaves nothing behind by which it could be known as done. */
  steps: number;
  finished: boolean;
}

const ONE = { params: { query: { limit: 1 } } } as const;

/** Its key makes it stale with the configuration. */
export function setupQuery(queries: QueryClient) {
  return {
    queryKey: ["config", "setup"],
    queryFn: async (): Promise<Progress> => {
      const [hours, devices, trunks, numbers, { live }] = await Promise.all([
        data(api.GET("/api/v1/time-conditions", ONE)),
        data(api.GET("/api/v1/devices", ONE)),
        data(api.GET("/api/v1/trunks", ONE)),
        data(api.GET("/api/v1/phone-numbers", ONE)),
        queries.fetchQuery({ ...configStatus, staleTime: 5_000 }), // with who shows it
      ]);
      const made = { hours: hours.items, devices: devices.items, trunks: trunks.items, numbers: numbers.items };
      const steps = [...Object.values(doneOf(made)), live !== null];
      const done = steps.filter(Boolean).length;
      return { done, steps: steps.length + 1, finished: done === steps.length };
    },
  };
}

/** May somebody with these rights set up? */
export function maySetUp(may: (scope: string) => boolean): boolean {
  return may("locations:write") && may("phone-numbers:write");
}

/** How far the first start is, for who may set up. */
export function useSetupProgress(wanted: boolean) {
  const may = useMay();
  return useQuery({ ...setupQuery(useQueryClient()), enabled: wanted && maySetUp(may) });
}
