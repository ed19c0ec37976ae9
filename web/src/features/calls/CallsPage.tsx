import ExportIcon from "@mui/icons-material/FileDownloadOutlined";
import SortIcon from "@mui/icons-material/SwapVert";
import Button from "@mui/material/Button";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useChosenLocation, useLocations } from "@/layout/locations";
import { useKept } from "@/session/preferences";
import { AT_ONCE } from "@/ui/address";
import { useDialogs } from "@/ui/dialogs";
import { EmptyState } from "@/ui/EmptyState";
import { count, usePreferences } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { text as common } from "@/ui/text";
import { BulkBar } from "./BulkBar";
import { CallFilters } from "./CallFilters";
import { CallTable, NARROW } from "./CallTable";
import { ColumnMenu } from "./ColumnMenu";
import { type ColumnId, type Places, readColumns } from "./columns";
import { type CallQuery, type Filters, narrows, readFilters, toQuery, writeFilters } from "./filters";
import { LOG, MOST_NEWER, useCallLog, useFollowedLog, useSaveTable } from "./queries";
import { SavedViews } from "./SavedViews";
import { text } from "./text";

const FRESH_MS = 30_000; // "today" of an open page moves on with the clock

/** Every call there was, narrowed as the address says. */
export function CallsPage() {
  const [params, setParams] = useSearchParams();
  const filters = useMemo(() => readFilters(params), [params]);
  const places = usePlaces();
  const chosen = useChosenLocation();
  const { timezone } = usePreferences();
  const zone = places.zone(filters.location ?? chosen) ?? timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const now = Math.floor(Date.now() / FRESH_MS) * FRESH_MS;
  const query = useMemo(() => toQuery(filters, zone, now, chosen), [filters, zone, now, chosen]);
  const [columns, keepColumns, known] = useKept("calls.columns", readColumns);
  const narrow = useMediaQuery(NARROW);
  const { notifyProblem } = useDialogs();
  const setFilters = useCallback((next: Filters) => setParams(writeFilters(next), AT_ONCE), [setParams]);
  const oldest = filters.sort === "started_at";
  return (
    <Page
      title={text.log}
      wide
      actions={
        <>
          <SavedViews filters={filters} onChoose={setFilters} />
          <Button startIcon={<SortIcon />} onClick={() => setFilters({ ...filters, sort: oldest ? "" : "started_at" })}>
            {oldest ? text.oldestFirst : text.newestFirst}
          </Button>
          {!narrow && <ColumnMenu chosen={columns} onChange={(next) => keepColumns(next).catch(notifyProblem)} />}
          <ExportButton query={query} />
        </>
      }
    >
      <CallFilters filters={filters} onChange={setFilters} />
      <Log
        key={JSON.stringify(query)}
        query={query}
        columns={known ? columns : null}
        places={places}
        narrowed={narrows(filters)}
        onReset={() => setFilters({})}
      />
    </Page>
  );
}

function usePlaces(): Places {
  const locations = useLocations();
  return useMemo(() => {
    const known = new Map(locations.map((location) => [location.id, location]));
    return {
      name: (id) => (id && known.get(id)?.name) || "",
      zone: (id) => (id && known.get(id)?.timezone) || null,
    };
  }, [locations]);
}

interface LogProps {
  query: CallQuery;
  /** null: not known yet. */
  columns: ColumnId[] | null;
  places: Places;
  narrowed: boolean;
  onReset: () => void;
}

function Log({ query, columns, places, narrowed, onReset }: LogProps) {
  const log = useCallLog(query);
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const calls = useMemo(() => log.data?.pages.flatMap(({ items }) => items) ?? [], [log.data]);
  const select = useCallback((id: string, on: boolean) => {
    setSelected((before) => {
      const next = new Set(before);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  }, []);
  if (log.isPending || !columns) return <Loading />;
  if (log.isError && !calls.length) return <ProblemView error={log.error} retry={() => log.refetch()} />;
  if (!calls.length && narrowed)
    return (
      <>
        <Newer query={query} />
        <EmptyState
          title={text.noMatch}
          hint={text.noMatchHint}
          action={<Button onClick={onReset}>{common.actions.reset}</Button>}
        />
      </>
    );
  return (
    <>
      <Newer query={query} />
      <BulkBar selected={selected} query={query} onClear={() => setSelected(new Set())} />
      {log.isError && <ProblemView error={log.error} retry={() => log.fetchNextPage()} />}
      {calls.length ? (
        <CallTable
          calls={calls}
          columns={columns}
          places={places}
          selected={selected}
          onSelect={select}
          onSelectAll={(on) => setSelected(new Set(on ? calls.map(({ id }) => id) : []))}
          more={log.hasNextPage && !log.isFetchingNextPage && !log.isError ? log.fetchNextPage : undefined}
          footer={log.hasNextPage ? text.loadingMore : text.end}
        />
      ) : (
        <EmptyState title={text.empty} hint={text.emptyHint} />
      )}
    </>
  );
}

/** Says how many calls that match came since the list was read; a list that is being read shall not jump. */
function Newer({ query }: { query: CallQuery }) {
  const { newer, forget } = useFollowedLog(query);
  const queries = useQueryClient();
  if (!newer.size) return null;
  return (
    <Button
      size="small"
      variant="outlined"
      sx={{ mb: 1 }}
      onClick={() => {
        forget();
        queries.resetQueries({ queryKey: [LOG, query] });
      }}
    >
      {newer.size < MOST_NEWER ? text.newer(count(newer.size, "new call")) : text.manyNewer(MOST_NEWER)}
    </Button>
  );
}

function ExportButton({ query }: { query: CallQuery }) {
  const { busy, save } = useSaveTable();
  const { sort: _, ...wanted } = query;
  const params = new URLSearchParams(Object.entries(wanted).map(([name, value]) => [name, String(value)]));
  return (
    <Button startIcon={<ExportIcon />} onClick={() => save(`/api/v1/calls/export.csv?${params}`)} loading={busy}>
      {text.export}
    </Button>
  );
}
