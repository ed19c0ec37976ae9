/** What a node says of itself in a line or two. */
import { valueLabel } from "@/features/objects/schema";
import { count, phoneNumber } from "@/ui/format";
import { asRecord } from "../document/ports";
import type { FlowObject, Json } from "../document/types";

export function summaryOf({ kind, fields }: FlowObject): string {
  switch (kind) {
    case "phone_number":
      return phoneNumber(text(fields.number));
    case "queue":
      return `${count(length(fields.members), "member")} · ${valueLabel("strategy", text(fields.strategy))}`;
    case "ring_group":
      return `${count(length(fields.extension_ids), "extension")} · ${valueLabel("strategy", text(fields.strategy))}`;
    case "ivr_menu":
      return quoted(asRecord(fields.prompt).text) || "plays a prompt";
    case "prompt":
      return quoted(fields.text) || "an uploaded recording";
    case "voicemail_box":
      return `box ${text(fields.number)}`;
    case "extension":
      return `dial ${text(fields.number)} · rings ${fields.ring_s} s`;
    case "time_condition":
      return hours(fields.open_hours);
    default:
      return text(fields.number);
  }
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function length(value: Json | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}

function quoted(value: Json | undefined): string {
  return typeof value === "string" && value ? `“${value}”` : "";
}

/** "Mon–Fri 09:00–17:00", at most two spans. */
function hours(value: Json | undefined): string {
  const spans = Array.isArray(value) ? value.map(asRecord) : [];
  if (!spans.length) return "never open";
  const said = spans.slice(0, 2).map((span) => {
    const end = text(span.end).slice(0, 5);
    return `${days(span.days)} ${text(span.start).slice(0, 5)}–${end === "00:00" ? "24:00" : end}`;
  });
  return said.join(", ") + (spans.length > 2 ? " …" : "");
}

const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

function days(value: Json | undefined): string {
  const chosen = (Array.isArray(value) ? value : []).map((day) => WEEK.indexOf(text(day))).sort((a, b) => a - b);
  const word = (day: number | undefined) => {
    const name = WEEK[day ?? 0] ?? "";
    return name.charAt(0).toUpperCase() + name.slice(1);
  };
  const [first, last] = [chosen[0], chosen.at(-1)];
  const joined = chosen.length > 2 && (last ?? 0) - (first ?? 0) === chosen.length - 1;
  return joined ? `${word(first)}–${word(last)}` : chosen.map(word).join(", ");
}
