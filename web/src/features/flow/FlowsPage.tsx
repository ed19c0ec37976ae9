import Button from "@mui/material/Button";
import Link from "@mui/material/Link";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Link as RouterLink, useSearchParams } from "react-router";
import type { Schemas } from "@/api/client";
import { kindWords } from "@/flow/nodes/kinds";
import { useChosenLocation, useLocations } from "@/layout/locations";
import { useMay } from "@/session/SessionProvider";
import { EmptyState } from "@/ui/EmptyState";
import { phoneNumber } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ParamField } from "@/ui/ParamField";
import { ProblemView } from "@/ui/ProblemView";
import { text } from "@/ui/text";
import { useCatalog, useNames, useNumbers } from "./queries";
import { words } from "./text";

type PhoneNumber = Schemas["PhoneNumber"];

/** Every number with where it leads; each opens its flow. */
export function FlowsPage() {
  const [search] = useSearchParams();
  const q = search.get("q") ?? "";
  const location = useChosenLocation();
  const scope = `${location} ${q}`;
  const [paged, setPaged] = useState({ scope, cursors: [] as string[] });
  const cursors = paged.scope === scope ? paged.cursors : []; // another search begins at its first page
  const go = (next: string[]) => setPaged({ scope, cursors: next });
  const numbers = useNumbers(q, location, cursors.at(-1));
  const next = numbers.data?.next_cursor;
  return (
    <Page title={words.list.title} lead={words.list.lead}>
      <ParamField name="q" type="search" label={words.list.search} sx={{ mb: 2, width: { xs: "100%", sm: 320 } }} />
      {numbers.isPending && <Loading />}
      {numbers.isError && <ProblemView error={numbers.error} retry={() => numbers.refetch()} />}
      {numbers.data && <Numbers numbers={numbers.data.items} narrowed={Boolean(q || location)} />}
      {(cursors.length > 0 || next) && (
        <Stack direction="row" sx={{ gap: 1, mt: 1 }}>
          <Button disabled={!cursors.length} onClick={() => go(cursors.slice(0, -1))}>
            {text.actions.back}
          </Button>
          <Button disabled={!next} onClick={() => next && go([...cursors, next])}>
            {text.actions.more}
          </Button>
        </Stack>
      )}
    </Page>
  );
}

function Numbers({ numbers, narrowed }: { numbers: PhoneNumber[]; narrowed: boolean }) {
  const may = useMay();
  const places = useLocations();
  const { data: catalog } = useCatalog();
  const wanted = numbers.flatMap(({ destination: { kind, id } }) => {
    const target = catalog?.destinations[kind];
    return target && id ? [{ kind: target, id }] : [];
  });
  const names = useNames(catalog, wanted);
  if (!numbers.length)
    return narrowed ? (
      <EmptyState title={words.list.noMatch} hint={words.list.noMatchHint} />
    ) : (
      <EmptyState
        title={words.list.none}
        hint={words.list.noneHint}
        action={
          may("phone-numbers:write") && (
            <Button component={RouterLink} to="/config/phone-numbers/new" variant="contained">
              {words.list.add}
            </Button>
          )
        }
      />
    );
  return (
    <TableContainer component={Paper}>
      <Table>
        <TableHead>
          <TableRow>
            <TableCell>{words.list.number}</TableCell>
            <TableCell>{words.list.leadsTo}</TableCell>
            <TableCell sx={{ display: { xs: "none", sm: "table-cell" } }}>{words.list.location}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {numbers.map(({ id, name, number, destination, location_id, enabled }) => (
            <TableRow key={id} hover>
              <TableCell sx={{ overflowWrap: "anywhere" }}>
                <Link component={RouterLink} to={`/flows/${id}`} sx={{ fontWeight: 600 }}>
                  <bdi>{name}</bdi>
                </Link>
                <Typography variant="body2" color="textSecondary">
                  {phoneNumber(number)}
                  {!enabled && ` · ${words.list.disabled}`}
                </Typography>
              </TableCell>
              <TableCell sx={{ overflowWrap: "anywhere" }}>
                <Typography variant="body2" color="textSecondary" component="span">
                  {kindWords(catalog?.destinations[destination.kind] ?? destination.kind)}
                </Typography>{" "}
                <bdi>{destination.id ? names.get(destination.id) : destination.number}</bdi>
              </TableCell>
              <TableCell sx={{ display: { xs: "none", sm: "table-cell" }, overflowWrap: "anywhere" }}>
                <bdi>{places.find((place) => place.id === location_id)?.name ?? text.locations.all}</bdi>
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
