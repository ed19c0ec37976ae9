import Button from "@mui/material/Button";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { words } from "../text";
import { useApply } from "./apply";

/** Applies from within another step; what goes wrong is told in a notice. */
export function ApplyButton() {
  const { apply } = useApply();
  const may = useMay();
  const { notify, notifyProblem } = useDialogs();
  if (!may("config:apply")) return null;
  const run = () =>
    apply.mutateAsync().then((release) => {
      if (release.state !== "live")
        notify({ message: `${words.apply.failed} ${release.stopped || release.state}`, severity: "error" });
    }, notifyProblem);
  return (
    <Button size="small" variant="outlined" loading={apply.isPending} onClick={run}>
      {words.apply.button}
    </Button>
  );
}
