/** Which queries an event makes stale. Query keys begin with the resource's name in the API's paths. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { readAgain, throttle } from "./again";
import { type LiveEvent, useLiveEvents } from "./live";

/** What is asked of the live release. */
const IN_FORCE = ["config", "softphone", "directory"];

/** By the event's name, else by its group. */
const STALE: Record<string, string[]> = {
  call: ["calls", "summary"],
  recording: ["calls"],
  transcript: ["calls", "voicemails"],
  voicemail: ["voicemails"],
  config: ["config"],
  "config.applied": IN_FORCE,
  "config.rolled_back": IN_FORCE,
  node: ["nodes", "status"],
  device: ["status"],
  trunk: ["status"],
  queue: ["queues-live"],
  member: ["queues-live"],
  alert: ["attention"],
};

/** Busy phones ring often: lists are read again at most this often. A wallboard is looked at for exactly this. */
const PAUSE_MS = 1000;
const SHORTER_MS: Record<string, number> = { "queues-live": 300 };
const throttled = new Map<string, () => void>();

function markStale(queries: QueryClient, resource: string): void {
  const told =
    throttled.get(resource) ?? throttle(() => readAgain(queries, resource), SHORTER_MS[resource] ?? PAUSE_MS);
  throttled.set(resource, told);
  told();
}

/** Reads again what events say has changed; used once, by the shell. */
export function useStaleness(): void {
  const queries = useQueryClient();
  useLiveEvents(
    useCallback(
      (event: LiveEvent) => {
        const [group = ""] = event.name.split(".");
        for (const resource of STALE[event.name] ?? STALE[group] ?? []) markStale(queries, resource);
      },
      [queries],
    ),
  );
}
