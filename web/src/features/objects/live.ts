/** What a phone or a trunk is said to be. */
import type { Schemas } from "@/api/client";
import type { ConfigObject } from "./queries";

export type LiveWord = "registered" | "unregistered" | "up" | "down" | "unknown" | "off";

/** From here on a node's last word says nothing about now. */
const SILENT_S = 60;

export function liveWord(object: ConfigObject, status: Schemas["StatusRead"] | undefined): LiveWord {
  if (!object.enabled) return "off";
  if (!status || status.age_s === null || status.age_s >= SILENT_S) return "unknown";
  if ("extension_id" in object)
    return status.devices.registered_ids?.includes(object.id) ? "registered" : "unregistered";
  return status.trunks.find(({ id }) => id === object.id)?.state ?? "unknown";
}
