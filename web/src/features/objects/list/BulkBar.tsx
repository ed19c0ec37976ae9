import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { type ReactNode, useState } from "react";
import { useDialogs } from "@/ui/dialogs";
import { count } from "@/ui/format";
import { text as common } from "@/ui/text";
import { applyToAll, type Failure } from "../bulk";
import { InUse } from "../InUse";
import type { KindInfo } from "../kinds";
import { type ConfigObject, changeObject, deleteObject, useChanged } from "../queries";
import { text } from "../text";
import type { Selection } from "./useSelection";

/** What can be done with all ticked rows at once. */
export function BulkBar({ info, selection }: { info: KindInfo; selection: Selection<ConfigObject> }) {
  const { selected } = selection;
  const { ask, notify } = useDialogs();
  const changed = useChanged();
  const [busy, setBusy] = useState(false);
  const [failures, setFailures] = useState<Failure<ConfigObject>[]>([]);
  const switchable = info.columns.includes("enabled");
  const amount = count(selected.length, info.one, info.many.toLowerCase());

  async function run(done: string, change: (row: ConfigObject) => Promise<unknown>) {
    setBusy(true);
    const failed = await applyToAll(selected, change);
    changed(info.resource);
    selection.clear();
    setBusy(false);
    setFailures(failed);
    const good = selected.length - failed.length;
    if (good) notify(`${count(good, info.one, info.many.toLowerCase())} ${done} in the draft.`);
  }

  async function removeAll() {
    const sure = await ask({
      title: `Delete ${amount}?`,
      body: "They are deleted in the draft. What is still in use stays.",
      confirm: `Delete ${amount}`,
      dangerous: true,
    });
    if (sure) await run("deleted", (row) => deleteObject(info.resource, row));
  }

  const enable = (enabled: boolean) =>
    run(enabled ? "enabled" : "disabled", (row) => changeObject(info.resource, row, { enabled }));
  const close = () => setFailures([]);
  return (
    <>
      {selected.length > 0 && (
        <Paper sx={{ px: 2, py: 1, mb: 2 }} role="toolbar" aria-label={text.list.selected(selected.length)}>
          <Stack direction="row" sx={{ gap: 1, alignItems: "center", flexWrap: "wrap" }}>
            <Typography sx={{ mr: 1 }}>{text.list.selected(selected.length)}</Typography>
            {switchable && <Action onClick={() => enable(true)}>{text.actions.enable}</Action>}
            {switchable && <Action onClick={() => enable(false)}>{text.actions.disable}</Action>}
            <Button size="small" color="error" loading={busy} onClick={removeAll}>
              {common.actions.delete}
            </Button>
            <Action onClick={selection.clear}>{text.actions.clearSelection}</Action>
          </Stack>
        </Paper>
      )}
      <Dialog open={failures.length > 0} onClose={close} aria-labelledby="bulk-failures">
        <DialogTitle id="bulk-failures">{`${count(failures.length, info.one, info.many.toLowerCase())} stayed as before`}</DialogTitle>
        <DialogContent>
          {failures.map(({ row, problem }) => (
            <section key={row.id}>
              <Typography sx={{ fontWeight: 600 }}>
                <bdi>{row.name}</bdi>
              </Typography>
              <InUse problem={problem} onLeave={close} />
            </section>
          ))}
        </DialogContent>
        <DialogActions>
          <Button onClick={close} autoFocus>
            {common.actions.close}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}

function Action({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <Button size="small" onClick={onClick}>
      {children}
    </Button>
  );
}
