import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import { type ReactNode, useState } from "react";
import { type ApiProblem, asProblem } from "@/api/problem";
import { useDialogs } from "@/ui/dialogs";
import { text as common } from "@/ui/text";
import { InUse } from "./InUse";
import type { KindInfo } from "./kinds";
import { type ConfigObject, deleteObject, useChanged } from "./queries";
import { text } from "./text";

/** Deletes after a question; what is in use is explained in `explanation`, which the page shows. */
export function useDelete(info: KindInfo): {
  remove: (object: ConfigObject) => Promise<boolean>;
  explanation: ReactNode;
} {
  const { ask, notify, notifyProblem } = useDialogs();
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const changed = useChanged();

  async function remove(object: ConfigObject): Promise<boolean> {
    const sure = await ask({
      title: `Delete ${info.one} “${object.name}”?`,
      body: "It is deleted in the draft. Calls notice once the changes are applied.",
      confirm: `Delete ${info.one}`,
      dangerous: true,
    });
    if (!sure) return false;
    try {
      await deleteObject(info.resource, object);
      changed(info.resource);
      notify(text.deleted(object.name));
      return true;
    } catch (error) {
      const found = asProblem(error);
      if (found.problem.slug === "in-use") setProblem(found);
      else notifyProblem(error);
      return false;
    }
  }

  const close = () => setProblem(null);
  const explanation = problem && (
    <Dialog open onClose={close} aria-labelledby="in-use">
      <DialogTitle id="in-use">{text.inUse.title}</DialogTitle>
      <DialogContent>
        <InUse problem={problem} onLeave={close} />
      </DialogContent>
      <DialogActions>
        <Button onClick={close} autoFocus>
          {common.actions.close}
        </Button>
      </DialogActions>
    </Dialog>
  );
  return { remove, explanation };
}
