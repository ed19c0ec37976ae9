import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import { visuallyHidden } from "@mui/utils";
import type { ReactNode } from "react";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import type { Pages } from "@/ui/pages";
import { words } from "../text";

export interface Column<Item> {
  label: string;
  cell: (item: Item) => ReactNode;
  /** Left out on narrow windows; what matters there stands in the first column. */
  wide?: boolean;
}

interface ListingProps<Item> {
  label: string;
  pages: Pages<Item>;
  columns: Column<Item>[];
  rowKey: (item: Item) => string;
  /** What stands here when there is nothing. */
  empty: ReactNode;
}

/** A table of a paged list in all of its states. */
export function Listing<Item>({ label, pages, columns, rowKey, empty }: ListingProps<Item>) {
  if (pages.isPending) return <Loading />;
  const problem = pages.isError && <ProblemView error={pages.error} retry={() => pages.refetch()} />;
  if (!pages.items.length) return problem || <Paper>{empty}</Paper>;
  return (
    <Paper>
      {problem}
      <Table aria-label={label} sx={{ tableLayout: "auto", "& td, & th": { px: { xs: 1.5, sm: 2 } } }}>
        <TableHead>
          <TableRow>
            {columns.map(({ label, wide }) => (
              <TableCell key={label} sx={shown(wide)}>
                {label === words.actions ? (
                  <Box component="span" sx={visuallyHidden}>
                    {label}
                  </Box>
                ) : (
                  label
                )}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {pages.items.map((item) => (
            <TableRow key={rowKey(item)} hover>
              {columns.map(({ label, cell, wide }, index) => (
                <TableCell key={label} sx={{ ...shown(wide), overflowWrap: index ? "break-word" : "anywhere" }}>
                  {cell(item)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {pages.hasNextPage && (
        <Box sx={{ p: 1, textAlign: "center" }}>
          <Button loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
            {words.showMore}
          </Button>
        </Box>
      )}
    </Paper>
  );
}

function shown(wide: boolean | undefined) {
  return { display: wide ? { xs: "none", md: "table-cell" } : "table-cell" };
}
