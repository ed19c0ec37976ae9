import MoreIcon from "@mui/icons-material/MoreVert";
import IconButton from "@mui/material/IconButton";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { lazy, Suspense, useState } from "react";
import { fetchFile } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { text as common } from "@/ui/text";
import type { KindInfo } from "../kinds";
import { useChanged } from "../queries";
import { text } from "../text";

const CsvImport = lazy(() => import("./CsvImport"));

/** A kind's table as CSV, out and in. */
export function CsvMenu({ info }: { info: KindInfo }) {
  const may = useMay();
  const { notifyProblem } = useDialogs();
  const changed = useChanged();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [importing, setImporting] = useState(false);

  async function exportTable() {
    const table = info.resource.replaceAll("-", "_");
    setAnchor(null);
    try {
      const address = URL.createObjectURL(await fetchFile(`/api/v1/config/export/${table}.csv`));
      const link = document.createElement("a");
      link.href = address;
      link.download = `${table}.csv`;
      link.click();
      URL.revokeObjectURL(address);
    } catch (error) {
      notifyProblem(error);
    }
  }

  const mayExport = may("config:read");
  const mayImport = may(`${info.resource}:write`);
  if (!mayExport && !mayImport) return null;
  return (
    <>
      <IconButton
        aria-label={common.actions.more}
        aria-haspopup="menu"
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
      >
        <MoreIcon />
      </IconButton>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        {mayExport && <MenuItem onClick={exportTable}>{text.actions.exportCsv}</MenuItem>}
        {mayImport && (
          <MenuItem
            onClick={() => {
              setAnchor(null);
              setImporting(true);
            }}
          >
            {text.actions.importCsv}
          </MenuItem>
        )}
      </Menu>
      {importing && (
        <Suspense fallback={null}>
          <CsvImport
            resource={info.resource}
            title={text.csv.title(info.many)}
            lead={text.csv.lead}
            done={text.csv.done}
            onDone={() => changed(info.resource)}
            onClose={() => setImporting(false)}
          />
        </Suspense>
      )}
    </>
  );
}
