import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link as RouterLink } from "react-router";
import type { Catalog } from "@/flow/document/catalog";
import { graphOf } from "@/flow/document/graph";
import { currentFlow } from "@/flow/document/store";
import { selectNode } from "@/flow/selection/store";
import { atShownField, type FlowProblem } from "@/flow/validation/rules";
import { CopyButton } from "@/ui/CopyButton";
import { useDialogs } from "@/ui/dialogs";
import { text } from "@/ui/text";
import { type SaveResult, type Secret, saveFlow } from "./saving";
import { words } from "./text";

export interface Saving {
  busy: boolean;
  save: (problems: FlowProblem[]) => Promise<void>;
  /** What the API refused, at its node. */
  refused: FlowProblem[];
  dialogs: ReactNode;
}

/** Saves the flow and says how it went: at the node, in a notice, or in a dialog where something must be decided. */
export function useSaving(catalog: Catalog, onReload: () => void): Saving {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<FlowProblem[]>([]);
  const [secrets, setSecrets] = useState<Secret[]>([]);
  const { ask, notify } = useDialogs();
  const queries = useQueryClient();

  async function save(problems: FlowProblem[]) {
    const wrong = problems.filter((problem) => problem.severity === "error" && !refused.includes(problem));
    const [first] = wrong;
    if (first) {
      selectNode(first.nodeId);
      notify({ message: words.save.blocked(wrong.length), severity: "warning" });
      return;
    }
    setBusy(true);
    const result = await saveFlow(catalog).finally(() => setBusy(false));
    setSecrets(result.secrets);
    const resources = ["config", ...Object.values(catalog.kinds).map(({ resource }) => resource)];
    for (const resource of resources) void queries.invalidateQueries({ queryKey: [resource] });
    if (result.refused) await tellRefused(result.refused);
    else {
      setRefused([]);
      if (!result.secrets.length) notify(words.actions.saved);
    }
  }

  async function tellRefused({ nodeId, name, problem }: NonNullable<SaveResult["refused"]>) {
    selectNode(nodeId);
    if (problem.status === 412) {
      const body = `${problem.message} ${words.save.staleKeep}`;
      if (await ask({ title: words.save.stale, body, confirm: words.actions.reload, dangerous: true })) onReload();
      return;
    }
    const graph = graphOf(catalog, currentFlow());
    const fields = Object.entries(problem.fields);
    const said: FlowProblem[] = fields.map(([field, message]) => ({
      nodeId,
      field: atShownField(graph, nodeId, field),
      severity: "error",
      message,
    }));
    const whole = [problem.message, problem.problem.hint].filter(Boolean).join(" ");
    setRefused(said.length ? said : [{ nodeId, field: "", severity: "error", message: whole }]);
    notify({ message: `${words.save.refused(name)}: ${whole}`, severity: "error" });
  }

  const dialogs = <Secrets secrets={secrets} onClose={() => setSecrets([])} />;
  return { busy, save, refused, dialogs };
}

function Secrets({ secrets, onClose }: { secrets: Secret[]; onClose: () => void }) {
  return (
    <Dialog open={secrets.length > 0} aria-labelledby="flow-secrets">
      <DialogTitle id="flow-secrets">{words.save.secrets}</DialogTitle>
      <DialogContent>
        <Stack sx={{ gap: 1 }}>
          {secrets.map(({ object, field, value }) => (
            <Stack key={object + field} direction="row" sx={{ gap: 1, alignItems: "center" }}>
              <Typography sx={{ flex: 1, overflowWrap: "anywhere" }}>
                <bdi>{object}</bdi> ({field}): <b>{value}</b>
              </Typography>
              <CopyButton value={value} label={field} />
            </Stack>
          ))}
          <Alert severity="info">
            {words.actions.saved}{" "}
            <Link component={RouterLink} to="/changes">
              {words.actions.review}
            </Link>
          </Alert>
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{text.actions.close}</Button>
      </DialogActions>
    </Dialog>
  );
}
