import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, data, type Schemas } from "@/api/client";
import { words } from "../text";

export type Release = Schemas["ReleaseRead"];

const WAIT_S = 5;

/** Applies the draft and follows the release until it is settled; `release` tells how far it is meanwhile. */
export function useApply() {
  const queries = useQueryClient();
  const [release, setRelease] = useState<Release | null>(null);
  const apply = useMutation({
    mutationFn: async () => {
      let now = await data(api.POST("/api/v1/config/releases", { body: { reason: words.apply.reason } }));
      setRelease(now);
      while (now.state === "applying") {
        const params = { path: { release_id: now.id }, query: { wait_s: WAIT_S } };
        now = await data(api.GET("/api/v1/config/releases/{release_id}", { params }));
        setRelease(now);
      }
      return now;
    },
    onSettled: () => queries.invalidateQueries(),
  });
  return { apply, release };
}
