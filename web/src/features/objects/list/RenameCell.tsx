import EditIcon from "@mui/icons-material/EditOutlined";
import Box from "@mui/material/Box";
import IconButton from "@mui/material/IconButton";
import Link from "@mui/material/Link";
import TextField from "@mui/material/TextField";
import { useEffect, useRef, useState } from "react";
import { Link as RouterLink } from "react-router";
import { useDialogs } from "@/ui/dialogs";
import type { KindInfo } from "../kinds";
import { type ConfigObject, changeObject, useChanged } from "../queries";
import { text } from "../text";

interface RenameCellProps {
  info: KindInfo;
  row: ConfigObject;
  writable: boolean;
}

/** The name: a link to the form, and a pencil that changes it in place (Enter saves, Escape gives up). */
export function RenameCell({ info, row, writable }: RenameCellProps) {
  const [name, setName] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const pencil = useRef<HTMLButtonElement>(null);
  const byKey = useRef(false);
  const { notifyProblem } = useDialogs();
  const changed = useChanged();

  // The field is gone with its focus: whoever ended it by a key goes on from where they began.
  useEffect(() => {
    if (name !== null || !byKey.current) return;
    byKey.current = false;
    pencil.current?.focus();
  }, [name]);

  async function save() {
    if (name === null || busy) return;
    if (name.trim() && name !== row.name) {
      setBusy(true);
      try {
        await changeObject(info.resource, row, { name });
        changed(info.resource);
      } catch (error) {
        notifyProblem(error);
      } finally {
        setBusy(false);
      }
    }
    setName(null);
  }

  if (name !== null)
    return (
      <TextField
        value={name}
        onChange={({ target }) => setName(target.value)}
        onBlur={save}
        onKeyDown={({ key }) => {
          byKey.current = key === "Enter" || key === "Escape";
          if (key === "Enter") save();
          if (key === "Escape") setName(null);
        }}
        disabled={busy}
        autoFocus
        fullWidth
        slotProps={{ htmlInput: { "aria-label": text.list.rename(row.name), dir: "auto" } }}
      />
    );
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 0.5, "& button": { opacity: 0.6 } }}>
      <Link
        component={RouterLink}
        to={`/config/${info.resource}/${row.id}`}
        data-row-link
        sx={{ overflowWrap: "anywhere", fontWeight: 500 }}
      >
        <bdi>{row.name}</bdi>
      </Link>
      {writable && !info.fixedName && (
        <IconButton
          ref={pencil}
          size="small"
          aria-label={text.list.rename(row.name)}
          onClick={() => setName(row.name)}
          sx={{ display: { xs: "none", sm: "inline-flex" } }}
        >
          <EditIcon fontSize="inherit" />
        </IconButton>
      )}
    </Box>
  );
}
