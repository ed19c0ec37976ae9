import Chip from "@mui/material/Chip";
import type { ReactNode } from "react";
import type { Schemas } from "@/api/client";
import { useLocations } from "@/layout/locations";
import { count, dateTime, phoneNumber } from "@/ui/format";
import { text as common } from "@/ui/text";
import type { Destination } from "../DestinationPicker";
import { targetOf } from "../document";
import { LiveState } from "../LiveState";
import { type ConfigObject, type Named, titleIn } from "../queries";
import { text } from "../text";
import { plainValue } from "../values";

const DESTINATIONS = new Set([
  "destination", "no_answer", "busy", "overflow", "open", "closed", "holiday", "on_timeout", "on_invalid", "then",
]); // biome-ignore format: one a line would be a page
const REFERENCES: Record<string, string> = {
  extension_id: "extension",
  trunk_id: "trunk",
  trunk_ids: "trunk",
  voicemail_box_id: "voicemail_box",
  template_id: "routing_template",
};
const COUNTED: Record<string, [string, string?]> = {
  options: ["key"],
  members: ["member"],
  extension_ids: ["extension"],
  holidays: ["day"],
};

/** What the rows lead to, by kind. */
type Names = Record<string, Named>;

/** What some columns of some rows lead to, by kind. */
export function idsIn(rows: ConfigObject[], columns: string[]): Record<string, string[]> {
  const ids: Record<string, string[]> = {};
  const note = (kind: string, found: string[]) => {
    ids[kind] = [...(ids[kind] ?? []), ...found];
  };
  for (const row of rows)
    for (const column of columns) {
      const value = row[column];
      const kind = REFERENCES[column];
      if (kind && value) note(kind, [value].flat().map(String));
      const destination = DESTINATIONS.has(column) ? (value as Destination | null) : null;
      const target = destination && targetOf(destination.kind);
      if (target && destination.id) note(target, [destination.id]);
    }
  return ids;
}

function destinationTitle(destination: Destination | null, names: Names): ReactNode {
  if (!destination) return common.none;
  const kind = text.destination.kinds[destination.kind] ?? destination.kind;
  if (destination.number) return phoneNumber(destination.number);
  const target = targetOf(destination.kind);
  if (!target || !destination.id) return kind;
  return (
    <>
      {kind}: <bdi>{titleIn(names[target], destination.id)}</bdi>
    </>
  );
}

interface CellProps {
  row: ConfigObject;
  column: string;
  names: Names;
  status: Schemas["StatusRead"] | undefined;
}

/** One value of a row, as people read it. */
export function Cell({ row, column, names, status }: CellProps): ReactNode {
  const value = row[column];
  if (column === "location_id") return <LocationName id={row.location_id} />;
  if (column === "enabled")
    return value ? (
      <Chip size="small" label={text.filters.yes} variant="outlined" />
    ) : (
      <Chip size="small" label={text.status.off} />
    );
  if (column === "registered" || column === "state") return <LiveState object={row} status={status} />;
  if (column === "updated_at") return dateTime(row.updated_at);
  if (DESTINATIONS.has(column)) return destinationTitle(value as Destination | null, names);
  const kind = REFERENCES[column];
  if (kind) return referenceTitle(kind, value, names);
  const counted = COUNTED[column];
  if (counted) return count(Array.isArray(value) ? value.length : 0, ...counted);
  if (value && typeof value === "object" && ["parts", "slots", "overrides"].includes(column))
    return Object.keys(value).join(", ") || common.none;
  return <bdi>{plainValue(column, value)}</bdi>;
}

function referenceTitle(kind: string, value: unknown, names: Names): ReactNode {
  if (!value) return common.none;
  const ids = Array.isArray(value) ? value.map(String) : [String(value)];
  return <bdi>{ids.map((id) => titleIn(names[kind], id)).join(", ")}</bdi>;
}

function LocationName({ id }: { id: string | null }) {
  const name = useLocations().find((location) => location.id === id)?.name;
  if (!id) return text.wholeOrganisation;
  return <bdi>{name ?? common.none}</bdi>;
}
