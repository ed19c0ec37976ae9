import { api, data } from "./client";

/** How many changes wait, and how the last release went: one question for all who show it, the shell too. */
export const configStatus = {
  queryKey: ["config", "status"],
  queryFn: () => data(api.GET("/api/v1/config/status")),
};
