import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocations } from "@/layout/locations";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { text as common } from "@/ui/text";
import { changedFields, referencesIn } from "../document";
import type { KindInfo } from "../kinds";
import { fetchObject, titleOf, useNamesOf } from "../queries";
import type { FieldSpec } from "../schema";
import { text } from "../text";
import { type NameOf, plainValue } from "../values";
import type { ObjectFormState } from "./useObjectForm";

/** Somebody was faster: who and when, what differs, and the ways on. */
export function StaleDialog({ info, form }: { info: KindInfo; form: ObjectFormState }) {
  const { problem, stored, fields, base, values } = form;
  const [comparing, setComparing] = useState(false);
  const open = problem?.status === 412 && stored !== null;
  const theirs = useQuery({
    queryKey: [info.resource, "now", stored?.id, problem],
    queryFn: () => fetchObject(info.resource, stored?.id ?? ""),
    enabled: open,
    gcTime: 0,
  });
  if (!open) return null;
  const names = fields.map(({ name }) => name);
  const now = theirs.data;
  const rows = now
    ? fields.filter(
        ({ name }) =>
          changedFields(base, now, names).includes(name) || changedFields(base, values, names).includes(name),
      )
    : [];
  return (
    <Dialog open onClose={form.dismiss} maxWidth={comparing ? "md" : "sm"} aria-labelledby="stale-title">
      <DialogTitle id="stale-title">{text.stale.title}</DialogTitle>
      <DialogContent>
        <Typography>{problem.message}</Typography>
        {theirs.isError && <ProblemView error={theirs.error} retry={() => theirs.refetch()} />}
        {theirs.isPending && <Loading />}
        {comparing && now && <Difference rows={rows} base={base} mine={values} theirs={now} />}
      </DialogContent>
      <DialogActions sx={{ flexWrap: "wrap" }}>
        <Button onClick={form.dismiss}>{common.actions.cancel}</Button>
        {!comparing && <Button onClick={() => setComparing(true)}>{text.actions.difference}</Button>}
        <Button disabled={!now} color="error" onClick={() => now && form.adopt(now)}>
          {text.actions.reload}
        </Button>
        <Button disabled={!now} variant="contained" onClick={() => now && form.rebase(now)}>
          {text.actions.keepMine}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface DifferenceProps {
  rows: FieldSpec[];
  base: Record<string, unknown>;
  mine: Record<string, unknown>;
  theirs: Record<string, unknown>;
}

/** Names of everything that some documents lead to, and of locations. */
function useNameOf(documents: Record<string, unknown>[]): NameOf {
  const ids: Record<string, string[]> = {};
  for (const { kind, id } of documents.flatMap((document) => referencesIn(document)))
    ids[kind] = [...(ids[kind] ?? []), id];
  const named = Object.values(useNamesOf(ids));
  const locations = useLocations();
  return (id) => {
    const object = named.map((objects) => objects.get(id)).find(Boolean);
    return object ? titleOf(object) : locations.find((location) => location.id === id)?.name;
  };
}

function Difference({ rows, base, mine, theirs }: DifferenceProps) {
  const nameOf = useNameOf([base, mine, theirs]);
  if (!rows.length) return <Typography sx={{ mt: 2 }}>{text.stale.nothing}</Typography>;
  return (
    <TableContainer tabIndex={0} sx={{ mt: 2 }}>
      <Table size="small">
        <TableHead>
          <TableRow>
            {[text.stale.field, text.stale.before, text.stale.yours, text.stale.theirs].map((head) => (
              <TableCell key={head}>{head}</TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map(({ name, label }) => (
            <TableRow key={name}>
              <TableCell component="th" scope="row">
                {label}
              </TableCell>
              {[base, mine, theirs].map((document, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: always these three
                <TableCell key={at} sx={{ overflowWrap: "anywhere", verticalAlign: "top" }}>
                  <bdi>{plainValue(name, document[name], nameOf)}</bdi>
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}
