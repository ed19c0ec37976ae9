import CanvasIcon from "@mui/icons-material/AccountTreeOutlined";
import TidyIcon from "@mui/icons-material/AutoFixHigh";
import OutlineIcon from "@mui/icons-material/FormatListBulleted";
import RedoIcon from "@mui/icons-material/Redo";
import UndoIcon from "@mui/icons-material/Undo";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Tooltip from "@mui/material/Tooltip";
import { redo, undo, useHistory } from "@/flow/history/store";
import { useMay } from "@/session/SessionProvider";
import { useEditor } from "./editor";
import { words } from "./text";
import type { Saving } from "./useSaving";

interface Props {
  view: string;
  onView: (view: string) => void;
  dirty: boolean;
  saving: Saving;
  onTidy: () => void;
  trying: boolean;
  onTry: () => void;
}

/** The buttons over the canvas. */
export function Bar({ view, onView, dirty, saving, onTidy, trying, onTry }: Props) {
  const { past, future } = useHistory();
  const { problems, document, mayWrite } = useEditor();
  const may = useMay();
  const writable = mayWrite("phone_number") || Object.values(document.objects).some(({ kind }) => mayWrite(kind));
  return (
    <>
      <ToggleButtonGroup
        exclusive
        size="small"
        value={view}
        onChange={(_, next) => next && onView(next)}
        aria-label={words.view.label}
        sx={{ "& .MuiToggleButton-root": { color: "text.primary", px: 1.25 } }}
      >
        <ToggleButton value="canvas">
          <CanvasIcon fontSize="small" sx={{ mr: 0.5 }} /> {words.view.canvas}
        </ToggleButton>
        <ToggleButton value="outline">
          <OutlineIcon fontSize="small" sx={{ mr: 0.5 }} /> {words.view.outline}
        </ToggleButton>
      </ToggleButtonGroup>
      {writable && (
        <>
          <Tool label={words.actions.undo} what={past.at(-1)?.what} onClick={undo} icon={<UndoIcon />} />
          <Tool label={words.actions.redo} what={future[0]?.what} onClick={redo} icon={<RedoIcon />} />
        </>
      )}
      {view === "canvas" && <Tool label={words.actions.tidy} what="" onClick={onTidy} icon={<TidyIcon />} />}
      {may("config:read") && (
        <Button variant="outlined" onClick={onTry} aria-pressed={trying}>
          {words.actions.tryIt}
        </Button>
      )}
      {writable && (
        <Button variant="contained" disabled={!dirty} loading={saving.busy} onClick={() => void saving.save(problems)}>
          {words.actions.save}
        </Button>
      )}
    </>
  );
}

interface ToolProps {
  label: string;
  /** What it would take back; undefined: there is nothing. */
  what: string | undefined;
  onClick: () => void;
  icon: React.ReactNode;
}

function Tool({ label, what, onClick, icon }: ToolProps) {
  return (
    <Tooltip title={what ? `${label}: ${what}` : label}>
      <span>
        <IconButton aria-label={label} disabled={what === undefined} onClick={onClick}>
          {icon}
        </IconButton>
      </span>
    </Tooltip>
  );
}
