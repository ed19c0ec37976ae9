import Checkbox from "@mui/material/Checkbox";
import Paper from "@mui/material/Paper";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import TableSortLabel from "@mui/material/TableSortLabel";
import type { KeyboardEvent } from "react";
import type { KindInfo } from "../kinds";
import { type ConfigObject, useNamesOf, useStatus } from "../queries";
import { labelOf } from "../schema";
import { text } from "../text";
import { Cell, idsIn } from "./cells";
import { RenameCell } from "./RenameCell";
import type { ListState } from "./useListState";
import type { Selection } from "./useSelection";

const SORTABLE = new Set(["name", "number", "updated_at"]);

interface ObjectTableProps {
  info: KindInfo;
  rows: ConfigObject[];
  columns: string[];
  state: ListState;
  selection: Selection<ConfigObject>;
  writable: boolean;
}

/** Arrows go from the list to its first row, and from row to row, as in a mail program. */
function walk(event: KeyboardEvent<HTMLElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || (event.target as HTMLElement).tagName === "INPUT") return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-row-link]")];
  const at = links.indexOf(event.target as HTMLElement);
  if (at < 0 && event.target !== event.currentTarget) return;
  event.preventDefault();
  links[at + step]?.focus();
}

/** The rows of a list. */
export function ObjectTable({ info, rows, columns, state, selection, writable }: ObjectTableProps) {
  const names = useNamesOf(idsIn(rows, columns));
  const { data: status } = useStatus(columns.includes("registered") || columns.includes("state"));
  return (
    <TableContainer component={Paper} tabIndex={0} role="region" aria-label={info.many} onKeyDown={walk}>
      <Table size="small">
        <TableHead>
          <TableRow>
            {writable && (
              <TableCell padding="checkbox">
                <Checkbox
                  size="small"
                  checked={rows.length > 0 && selection.selected.length === rows.length}
                  indeterminate={selection.selected.length > 0 && selection.selected.length < rows.length}
                  onChange={selection.toggleAll}
                  slotProps={{ input: { "aria-label": text.list.selectAll } }}
                />
              </TableCell>
            )}
            {["name", ...columns].map((column) => (
              <Head key={column} column={column} info={info} state={state} />
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.id} hover selected={selection.has(row.id)}>
              {writable && (
                <TableCell padding="checkbox">
                  <Checkbox
                    size="small"
                    checked={selection.has(row.id)}
                    onChange={() => selection.toggle(row.id)}
                    slotProps={{ input: { "aria-label": text.list.select(row.name) } }}
                  />
                </TableCell>
              )}
              <TableCell component="th" scope="row" sx={{ minWidth: 160, maxWidth: 420 }}>
                <RenameCell info={info} row={row} writable={writable} />
              </TableCell>
              {columns.map((column) => (
                <TableCell key={column} sx={{ maxWidth: 320, overflowWrap: "anywhere" }}>
                  <Cell row={row} column={column} names={names} status={status} />
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Head({ column, info, state }: { column: string; info: KindInfo; state: ListState }) {
  const label = labelOf(info.resource, column);
  const field = state.sort.replace(/^-/, "");
  const direction = state.sort.startsWith("-") ? "desc" : "asc";
  if (!SORTABLE.has(column)) return <TableCell>{label}</TableCell>;
  return (
    <TableCell sortDirection={field === column ? direction : false}>
      <TableSortLabel
        active={field === column}
        direction={field === column ? direction : "asc"}
        onClick={() => state.put({ sort: field === column && direction === "asc" ? `-${column}` : column })}
      >
        {label}
      </TableSortLabel>
    </TableCell>
  );
}
