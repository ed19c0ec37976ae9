/** What needs somebody's attention, and where it is solved. */
import type { Schemas } from "@/api/client";
import type { Progress } from "../setup";
import type { Node, Status } from "./queries";
import { text } from "./text";

export interface Item {
  key: string;
  severity: "error" | "warning" | "info";
  words: string;
  /** The page on which it is solved, and the words on its button. */
  path: string;
  button: string;
  /** May be hidden for good by who has other plans. */
  dismissible?: boolean;
}

/** What is known; what this person may not see is left out. */
export interface Known {
  status?: Status | undefined;
  nodes?: Node[] | undefined;
  config?: Schemas["ConfigStatus"] | undefined;
  unheard?: number | undefined;
  setup?: Progress | undefined;
  /** May this person look at plans? */
  mayPlan: boolean;
}

const SILENT_S = 60;
const LITTLE_DISK_MB = 2000;
const ORDER = { error: 0, warning: 1, info: 2 };

/** The worst first. */
export function attention(known: Known): Item[] {
  const items = [
    ...ofSetup(known),
    ...ofLines(known),
    ...(known.nodes ?? []).flatMap(ofNode),
    ...ofConfig(known),
    ...ofVoicemail(known),
  ];
  return items.sort((one, other) => ORDER[one.severity] - ORDER[other.severity]);
}

function ofSetup({ setup }: Known): Item[] {
  if (!setup || setup.finished) return [];
  const { done, steps } = setup;
  const button = done ? text.buttons.setup : text.buttons.begin;
  return [
    { key: "setup", severity: "info", words: text.items.setup(done, steps), path: "/setup", button, dismissible: true },
  ];
}

function ofLines({ status, nodes }: Known): Item[] {
  if (!status) return [];
  const { trunks, devices, age_s } = status;
  const anything = devices.enabled > 0 || trunks.some(({ enabled }) => enabled);
  if (anything && (age_s === null || age_s >= SILENT_S)) {
    const path = nodes ? "/admin/nodes" : "/config/trunks";
    return [{ key: "unknown", severity: "error", words: text.items.unknown, path, button: text.buttons.nodes }];
  }
  const down = trunks.filter(({ enabled, state }) => enabled && state === "down");
  const missing = devices.enabled - devices.registered;
  return [
    ...down.map(
      ({ id, name }): Item => ({
        key: `trunk ${id}`,
        severity: "error",
        words: text.items.trunkDown(name),
        path: `/config/trunks/${id}`,
        button: text.buttons.trunk,
      }),
    ),
    ...(missing > 0
      ? [
          {
            key: "phones",
            severity: "warning" as const,
            words: text.items.phones(missing, devices.enabled),
            path: "/config/devices",
            button: text.buttons.phones,
          },
        ]
      : []),
  ];
}

function ofNode(node: Node): Item[] {
  const item = (key: string, severity: Item["severity"], words: string): Item => ({
    key: `node ${node.id} ${key}`,
    severity,
    words,
    path: "/admin/nodes",
    button: text.buttons.nodes,
  });
  const items: Item[] = [];
  if (node.state === "asterisk_down" || node.state === "silent")
    items.push(item("state", "error", text.items.node(node.name, text.nodeStates[node.state])));
  if (node.refused) items.push(item("refused", "error", text.items.refused(node.name, node.refused)));
  if (node.drift && node.state === "up") items.push(item("drift", "warning", text.items.drift(node.name)));
  if (node.state === "up" && node.disk_free_mb < LITTLE_DISK_MB)
    items.push(item("disk", "warning", text.items.disk(node.name, node.disk_free_mb)));
  return items;
}

function ofConfig({ config, mayPlan }: Known): Item[] {
  if (!config) return [];
  const { newest, changes_count, failed_sounds } = config;
  const items: Item[] = [];
  const release = (severity: Item["severity"], words: string): Item => ({
    key: "release",
    severity,
    words,
    path: `/changes/releases/${newest?.id}`,
    button: text.buttons.release,
  });
  if (newest && ["failed", "rolled_back"].includes(newest.state))
    items.push(release("error", text.items.failed(newest.number)));
  if (newest?.state === "stopped") items.push(release("error", text.items.stopped(newest.number)));
  if (failed_sounds && mayPlan)
    items.push({
      key: "sounds",
      severity: "error",
      words: text.items.sounds(failed_sounds),
      path: "/changes",
      button: text.buttons.sounds,
    });
  if (changes_count && mayPlan)
    items.push({
      key: "changes",
      severity: "info",
      words: text.items.changes(changes_count),
      path: "/changes",
      button: text.buttons.review,
    });
  return items;
}

function ofVoicemail({ unheard }: Known): Item[] {
  if (!unheard) return [];
  const words = text.items.voicemail(unheard);
  return [{ key: "voicemail", severity: "info", words, path: "/voicemails", button: text.buttons.voicemail }];
}
