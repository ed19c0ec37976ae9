import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import type { Schemas } from "@/api/client";
import { useDialogs } from "@/ui/dialogs";
import { text } from "@/ui/text";
import { RowMenu } from "../common/RowMenu";
import { useChangeAsRead } from "../common/useChangeAsRead";
import { words } from "../text";
import { checkDrift, disableNode, forgetNode, type Node, newCode, readNode, reconcile, useNodeChange } from "./queries";

const labels = words.nodes;

interface NodeActionsProps {
  node: Node;
  onCode: (code: Schemas["EnrolmentCode"]) => void;
}

/** Looks for drift, puts right, and what is rarer in a menu. */
export function NodeActions({ node, onCode }: NodeActionsProps) {
  const { notify, notifyProblem } = useDialogs();
  const changeAsRead = useChangeAsRead();
  const check = useNodeChange(checkDrift);
  const repair = useNodeChange(reconcile);
  const toggle = useNodeChange(disableNode);
  const forget = useNodeChange(forgetNode);
  const code = useNodeChange(newCode);

  function tell({ checked, detail, found }: Schemas["DriftRead"], clean: string) {
    if (!checked) notify({ message: detail, severity: "warning" });
    else if (found.length) notify({ message: `${labels.found} ${found.join(" ")}`, severity: "warning" });
    else notify(clean);
  }
  const read = () => readNode(node.id);
  const asked = (title: string, body: string, confirm: string, run: (etag: string) => Promise<unknown>) =>
    changeAsRead(read, { title, body, confirm, dangerous: true }, run);
  const repairAsked = () =>
    asked(labels.reconcileTitle, labels.reconcileBody, labels.reconcile, async () =>
      tell(await repair.mutateAsync(node.id), labels.right),
    );
  const switched = node.state === "disabled";
  const rare = [
    {
      label: labels.newCode,
      run: () =>
        asked(labels.newCode, labels.newCodeBody, labels.newCode, async () => onCode(await code.mutateAsync(node.id))),
    },
    switched
      ? {
          label: labels.enable,
          run: () => changeAsRead(read, null, (etag) => toggle.mutateAsync({ id: node.id, etag, disabled: false })),
        }
      : {
          label: labels.disable,
          dangerous: true,
          run: () =>
            asked(labels.disableTitle, labels.disableBody, labels.disable, (etag) =>
              toggle.mutateAsync({ id: node.id, etag, disabled: true }),
            ),
        },
    {
      label: text.actions.delete,
      dangerous: true,
      run: () =>
        asked(labels.deleteTitle, labels.deleteBody, text.actions.delete, (etag) =>
          forget.mutateAsync({ id: node.id, etag }),
        ),
    },
  ];
  return (
    <Stack direction="row" sx={{ gap: 1, mt: 2, flexWrap: "wrap" }}>
      {node.state === "up" && (
        <>
          <Button
            variant="outlined"
            loading={check.isPending}
            onClick={() => check.mutateAsync(node.id).then((found) => tell(found, labels.clean), notifyProblem)}
          >
            {labels.check}
          </Button>
          <Button loading={repair.isPending} onClick={repairAsked}>
            {labels.reconcile}
          </Button>
        </>
      )}
      <RowMenu label={node.name} actions={rare} />
    </Stack>
  );
}
