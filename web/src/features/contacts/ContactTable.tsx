import Box from "@mui/material/Box";
import Checkbox from "@mui/material/Checkbox";
import Link from "@mui/material/Link";
import Paper from "@mui/material/Paper";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import TableSortLabel from "@mui/material/TableSortLabel";
import Typography from "@mui/material/Typography";
import { Link as RouterLink } from "react-router";
import type { Selection } from "@/features/objects/list/useSelection";
import { ago, phoneNumber } from "@/ui/format";
import { Tags } from "./ContactDetails";
import type { Contact } from "./queries";
import { text } from "./text";

type Column = keyof typeof text.columns;
const SORTABLE: Column[] = ["name", "company", "updated_at"];
const COLUMNS: Column[] = ["name", "company", "numbers", "tags", "updated_at"];
/** On a phone all that matters stands in the first column. */
const WIDE = { display: { xs: "none", md: "table-cell" } };

interface ContactTableProps {
  rows: Contact[];
  sort: string;
  onSort: (sort: string) => void;
  /** null: nothing may be done with them. */
  selection: Selection<Contact> | null;
}

export function ContactTable({ rows, sort, onSort, selection }: ContactTableProps) {
  return (
    <TableContainer component={Paper} tabIndex={0} role="region" aria-label={text.title}>
      <Table size="small">
        <TableHead>
          <TableRow>
            {selection && (
              <TableCell padding="checkbox">
                <Checkbox
                  size="small"
                  checked={selection.selected.length === rows.length}
                  indeterminate={selection.selected.length > 0 && selection.selected.length < rows.length}
                  onChange={selection.toggleAll}
                  slotProps={{ input: { "aria-label": text.selectAll } }}
                />
              </TableCell>
            )}
            {COLUMNS.map((column) => (
              <Head key={column} column={column} sort={sort} onSort={onSort} />
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.id} hover selected={selection?.has(row.id) ?? false}>
              {selection && (
                <TableCell padding="checkbox">
                  <Checkbox
                    size="small"
                    checked={selection.has(row.id)}
                    onChange={() => selection.toggle(row.id)}
                    slotProps={{ input: { "aria-label": text.select(row.name) } }}
                  />
                </TableCell>
              )}
              <Cells {...row} />
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function Head({ column, sort, onSort }: { column: Column } & Pick<ContactTableProps, "sort" | "onSort">) {
  const direction = sort.startsWith("-") ? "desc" : "asc";
  const active = sort.replace(/^-/, "") === column;
  const sx = column === "name" ? {} : WIDE;
  if (!SORTABLE.includes(column)) return <TableCell sx={sx}>{text.columns[column]}</TableCell>;
  return (
    <TableCell sx={sx} sortDirection={active ? direction : false}>
      <TableSortLabel
        active={active}
        direction={active ? direction : "asc"}
        onClick={() => onSort(active && direction === "asc" ? `-${column}` : column)}
      >
        {text.columns[column]}
      </TableSortLabel>
    </TableCell>
  );
}

function Cells({ id, name, company, numbers, tags, updated_at }: Contact) {
  const told = numbers.map(({ number }) => phoneNumber(number));
  return (
    <>
      <TableCell component="th" scope="row" sx={{ overflowWrap: "anywhere", minWidth: 140 }}>
        <Link component={RouterLink} to={`/contacts/${id}`}>
          <bdi>{name}</bdi>
        </Link>
        <Box sx={{ display: { md: "none" } }}>
          {[company, told[0]].filter(Boolean).map((words) => (
            <Typography key={words} variant="body2" color="textSecondary">
              <bdi>{words}</bdi>
            </Typography>
          ))}
        </Box>
      </TableCell>
      <TableCell sx={{ ...WIDE, overflowWrap: "anywhere" }}>
        <bdi>{company}</bdi>
      </TableCell>
      <TableCell sx={WIDE}>{told.join(", ")}</TableCell>
      <TableCell sx={WIDE}>
        <Tags tags={tags} />
      </TableCell>
      <TableCell sx={WIDE}>{ago(updated_at)}</TableCell>
    </>
  );
}
