import { useMay } from "@/session/SessionProvider";
import type { KindInfo } from "../kinds";
import { useChanged } from "../queries";
import { text } from "../text";
import { CsvMenu } from "./CsvMenu";

/** A kind's objects as a table, as far as one may have or change them. */
export function ObjectCsv({ info }: { info: KindInfo }) {
  const may = useMay();
  const changed = useChanged();
  const { resource } = info;
  const table = `${resource.replaceAll("-", "_")}.csv`;
  return (
    <CsvMenu
      exported={may("config:read") ? { path: `/api/v1/config/export/${table}`, file: table } : null}
      imported={
        may(`${resource}:write`)
          ? {
              resource,
              title: text.csv.title(info.many),
              lead: text.csv.lead,
              done: text.csv.done,
              onDone: () => changed(resource),
            }
          : null
      }
    />
  );
}
