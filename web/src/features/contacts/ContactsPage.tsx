import AddIcon from "@mui/icons-material/Add";
import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { type Selection, useSelection } from "@/features/objects/list/useSelection";
import { useMay } from "@/session/SessionProvider";
import { AT_ONCE, useFilter } from "@/ui/address";
import { EmptyState } from "@/ui/EmptyState";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { Search } from "@/ui/Search";
import { text as common } from "@/ui/text";
import { ContactCsv } from "./ContactCsv";
import { AddContact } from "./ContactForm";
import { ContactTable } from "./ContactTable";
import { type Contact, useContacts } from "./queries";
import { text } from "./text";
import { useDelete } from "./useDelete";

/** `/contacts`: everybody the organisation knows, searched, sorted and narrowed as the address says. */
export function ContactsPage() {
  const [, setParams] = useSearchParams();
  const [q] = useFilter("q");
  const [tag] = useFilter("tag");
  const [sort, setSort] = useFilter("sort");
  const [adding, setAdding] = useState(false);
  const mayWrite = useMay()("contacts:write");
  const list = useContacts({ q, tag, sort: sort || "name" });
  const selection = useSelection(list.items);
  const add = mayWrite && (
    <Button variant="contained" startIcon={<AddIcon />} onClick={() => setAdding(true)}>
      {text.add}
    </Button>
  );
  const reset = <Button onClick={() => setParams({}, AT_ONCE)}>{common.actions.reset}</Button>;
  const empty =
    q || tag ? (
      <EmptyState title={text.nothingFound} hint={text.nothingFoundHint} action={reset} />
    ) : (
      <EmptyState title={text.empty} hint={text.emptyHint} action={add} />
    );
  const actions = (
    <>
      {mayWrite && <ContactCsv q={q} tag={tag} />}
      {add}
    </>
  );
  return (
    <Page title={text.title} lead={text.lead} actions={actions} wide>
      <Stack component="search" direction="row" sx={{ gap: 2, mb: 2, flexWrap: "wrap" }}>
        <Search name="q" label={text.search} />
        <Search name="tag" label={text.tag} />
      </Stack>
      {mayWrite && <BulkBar selection={selection} />}
      {list.isError && <ProblemView error={list.error} retry={() => list.refetch()} />}
      {list.isPending && <Loading />}
      {list.isSuccess && list.items.length === 0 && empty}
      {list.items.length > 0 && (
        <>
          <ContactTable
            rows={list.items}
            sort={sort || "name"}
            onSort={setSort}
            selection={mayWrite ? selection : null}
          />
          <Stack direction="row" sx={{ alignItems: "center", gap: 2, mt: 1 }}>
            <Typography variant="body2" color="textSecondary" role="status">
              {text.shown(list.items.length, list.data?.pages[0]?.total ?? list.items.length)}
            </Typography>
            {list.hasNextPage && (
              <Button onClick={() => list.fetchNextPage()} loading={list.isFetchingNextPage}>
                {text.showMore}
              </Button>
            )}
          </Stack>
        </>
      )}
      {adding && <AddContact onClose={() => setAdding(false)} />}
    </Page>
  );
}

function BulkBar({ selection }: { selection: Selection<Contact> }) {
  const remove = useDelete();
  const { selected, clear } = selection;
  if (!selected.length) return null;
  return (
    <Paper sx={{ px: 2, py: 1, mb: 2 }} role="toolbar" aria-label={text.selected(selected.length)}>
      <Stack direction="row" sx={{ gap: 1, alignItems: "center", flexWrap: "wrap" }}>
        <Typography sx={{ mr: 1 }}>{text.selected(selected.length)}</Typography>
        <Button size="small" color="error" onClick={async () => (await remove(selected)) && clear()}>
          {common.actions.delete}
        </Button>
        <Button size="small" onClick={clear}>
          {text.clearSelection}
        </Button>
      </Stack>
    </Paper>
  );
}
