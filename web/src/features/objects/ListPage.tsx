import AddIcon from "@mui/icons-material/Add";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Tab from "@mui/material/Tab";
import Tabs from "@mui/material/Tabs";
import Typography from "@mui/material/Typography";
import useMediaQuery from "@mui/material/useMediaQuery";
import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { Link as RouterLink, useNavigate, useParams } from "react-router";
import { NotFound } from "@/layout/NotFound";
import { useMay } from "@/session/SessionProvider";
import { EmptyState } from "@/ui/EmptyState";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { text as common } from "@/ui/text";
import { GROUPS } from "./groups";
import { findResource, type KindInfo, kindOf } from "./kinds";
import { BulkBar } from "./list/BulkBar";
import { ColumnsMenu } from "./list/ColumnsMenu";

import { Filters } from "./list/Filters";
import { ObjectCsv } from "./list/ObjectCsv";
import { ObjectTable } from "./list/ObjectTable";
import { useColumns, useListState } from "./list/useListState";
import { useSelection } from "./list/useSelection";
import { useObjects } from "./queries";
import { text } from "./text";

const ON_A_PHONE = 1;

/** `/config/<resource>`: all objects of one kind. */
export function ListPage() {
  const info = findResource(useParams().resource);
  return info ? <ObjectList key={info.resource} info={info} /> : <NotFound />;
}

function ObjectList({ info }: { info: KindInfo }) {
  const { resource } = info;
  const writable = useMay()(`${resource}:write`);
  const state = useListState(info);
  const [columns, setColumns] = useColumns(info);
  const narrow = useMediaQuery("(max-width: 600px)");
  const list = useObjects(resource, state.params);
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const total = list.data?.pages[0]?.total ?? rows.length;
  const selection = useSelection(rows);
  const searchBox = useRef<HTMLInputElement>(null);
  useListKeys(info, writable, searchBox);

  const create = writable && (
    <Button variant="contained" startIcon={<AddIcon />} component={RouterLink} to={`/config/${resource}/new`}>
      {text.actions.create(info.one)}
    </Button>
  );
  const actions = (
    <>
      <ColumnsMenu info={info} shown={columns} onChange={setColumns} />
      {!info.noTable && <ObjectCsv info={info} />}
      {create}
    </>
  );
  return (
    <Page title={info.many} lead={info.lead} actions={actions} wide>
      <Siblings info={info} />
      <Filters info={info} state={state} searchBox={searchBox} />
      <BulkBar info={info} selection={selection} />
      {list.isError && <ProblemView error={list.error} retry={() => list.refetch()} />}
      {list.isPending && <Loading />}
      {list.isSuccess && rows.length === 0 && (
        <Nothing info={info} narrowed={state.narrowed} clear={state.clear} action={create} />
      )}
      {rows.length > 0 && (
        <>
          <ObjectTable
            info={info}
            rows={rows}
            columns={narrow ? columns.slice(0, ON_A_PHONE) : columns}
            state={state}
            selection={selection}
            writable={writable}
          />
          <Stack direction="row" sx={{ alignItems: "center", gap: 2, mt: 1, flexWrap: "wrap" }}>
            <Typography variant="body2" color="textSecondary" role="status">
              {text.list.shown(rows.length, total)}
            </Typography>
            {list.hasNextPage && (
              <Button onClick={() => list.fetchNextPage()} loading={list.isFetchingNextPage}>
                {text.actions.showMore}
              </Button>
            )}
            <Typography variant="body2" color="textSecondary" sx={{ ml: "auto", display: { xs: "none", md: "block" } }}>
              {text.list.keys}
            </Typography>
          </Stack>
        </>
      )}
    </Page>
  );
}

/** The lists that stand under the same entry of the menu. */
function Siblings({ info }: { info: KindInfo }) {
  const may = useMay();
  const group = GROUPS.find(({ resources }) => resources.includes(info.resource));
  const siblings = group?.resources.filter((resource) => may(`${resource}:read`)) ?? [];
  if (siblings.length < 2) return null;
  return (
    <Tabs value={info.resource} component="nav" aria-label={group?.label} variant="scrollable" sx={{ mb: 2 }}>
      {siblings.map((resource) => (
        <Tab
          key={resource}
          value={resource}
          label={kindOf(resource).many}
          component={RouterLink}
          to={`/config/${resource}`}
        />
      ))}
    </Tabs>
  );
}

interface NothingProps {
  info: KindInfo;
  narrowed: boolean;
  clear: () => void;
  action: ReactNode;
}

function Nothing({ info, narrowed, clear, action }: NothingProps) {
  if (!narrowed) return <EmptyState title={text.list.empty(info.many)} hint={info.lead} action={action} />;
  const reset = <Button onClick={clear}>{common.actions.reset}</Button>;
  return <EmptyState title={text.list.nothingFound} hint={text.list.nothingFoundHint} action={reset} />;
}

/** "/" goes to the search box, "n" makes something new; not while typing. */
function useListKeys(info: KindInfo, writable: boolean, searchBox: RefObject<HTMLInputElement | null>) {
  const navigate = useNavigate();
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const target = event.target as HTMLElement;
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        target.closest("input, textarea, select, [role=dialog], [role=menu]")
      )
        return;
      if (event.key === "/") {
        event.preventDefault();
        searchBox.current?.focus();
      }
      if (event.key === "n" && writable) navigate(`/config/${info.resource}/new`);
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [info, writable, navigate, searchBox]);
}
