/** What the page knows of the API's answers, for all who ask the same. */
import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "./problem";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the API refused it would refuse again; what didn't reach it may get through.
      retry: (failures, error) => failures < 2 && [0, 502, 503].includes(asProblem(error).status),
    },
  },
});
