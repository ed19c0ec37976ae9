import MoreIcon from "@mui/icons-material/MoreVert";
import IconButton from "@mui/material/IconButton";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { lazy, Suspense, useState } from "react";
import { fetchFile } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { saveFile } from "@/ui/download";
import { text as common } from "@/ui/text";
import { useContactsChanged } from "./queries";
import { text } from "./text";

const CsvImport = lazy(() => import("@/features/objects/list/CsvImport"));

/** The contacts that are listed as a table, out and in. */
export function CsvMenu({ q, tag }: { q: string; tag: string }) {
  const mayWrite = useMay()("contacts:write");
  const { notifyProblem } = useDialogs();
  const changed = useContactsChanged();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [importing, setImporting] = useState(false);
  const close = () => setAnchor(null);

  async function exportTable() {
    close();
    const wanted = new URLSearchParams(Object.entries({ q, tag }).filter(([, value]) => value));
    await fetchFile(`/api/v1/contacts/export.csv?${wanted}`).then(
      (table) => saveFile(table, "contacts.csv"),
      notifyProblem,
    );
  }

  if (!mayWrite) return null;
  return (
    <>
      <IconButton
        aria-label={common.actions.more}
        aria-haspopup="menu"
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
      >
        <MoreIcon />
      </IconButton>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={close}>
        <MenuItem onClick={exportTable}>{text.exportCsv}</MenuItem>
        <MenuItem
          onClick={() => {
            close();
            setImporting(true);
          }}
        >
          {text.importCsv}
        </MenuItem>
      </Menu>
      {importing && (
        <Suspense fallback={null}>
          <CsvImport
            resource="contacts"
            title={text.importTitle}
            lead={text.importLead}
            done={text.imported}
            onDone={changed}
            onClose={() => setImporting(false)}
          />
        </Suspense>
      )}
    </>
  );
}
