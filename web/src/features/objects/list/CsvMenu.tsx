import MoreIcon from "@mui/icons-material/MoreVert";
import IconButton from "@mui/material/IconButton";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { lazy, Suspense, useState } from "react";
import { fetchFile } from "@/api/client";
import { useDialogs } from "@/ui/dialogs";
import { saveFile } from "@/ui/download";
import { text as common } from "@/ui/text";
import { text } from "../text";
import type { CsvImportProps } from "./CsvImport";

const CsvImport = lazy(() => import("./CsvImport"));

interface CsvMenuProps {
  /** Where the table is, and its file's name; null where one may not have it. */
  exported: { path: string; file: string } | null;
  /** null where one may not change anything. */
  imported: Omit<CsvImportProps, "onClose"> | null;
}

/** A list as a CSV table, out and in. */
export function CsvMenu({ exported, imported }: CsvMenuProps) {
  const { notifyProblem } = useDialogs();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [importing, setImporting] = useState(false);
  const chosen = (act: () => void) => () => {
    setAnchor(null);
    act();
  };

  if (!exported && !imported) return null;
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
        {exported && (
          <MenuItem
            onClick={chosen(() => {
              fetchFile(exported.path).then((table) => saveFile(table, exported.file), notifyProblem);
            })}
          >
            {text.actions.exportCsv}
          </MenuItem>
        )}
        {imported && <MenuItem onClick={chosen(() => setImporting(true))}>{text.actions.importCsv}</MenuItem>}
      </Menu>
      {imported && importing && (
        <Suspense fallback={null}>
          <CsvImport {...imported} onClose={() => setImporting(false)} />
        </Suspense>
      )}
    </>
  );
}
