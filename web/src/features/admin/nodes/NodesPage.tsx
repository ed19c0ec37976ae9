import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { EmptyState } from "@/ui/EmptyState";
import { FormDialog } from "@/ui/FormDialog";
import { TextInput, useForm } from "@/ui/fields";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { OnceShown } from "../common/OnceShown";
import { words } from "../text";
import { NodeCard } from "./NodeCard";
import { createNode, useNodeChange, useNodes } from "./queries";

type Code = Schemas["EnrolmentCode"];
const labels = words.nodes;

export function NodesPage() {
  const pages = useNodes();
  const mayWrite = useMay()("nodes:write");
  const [open, setOpen] = useState<"add" | Code | null>(null);
  const add = mayWrite && (
    <Button variant="contained" onClick={() => setOpen("add")}>
      {labels.add}
    </Button>
  );
  return (
    <Page title={labels.title} lead={labels.lead} actions={add}>
      {pages.isPending && <Loading />}
      {pages.isError && <ProblemView error={pages.error} retry={() => pages.refetch()} />}
      {pages.isSuccess && !pages.items.length && <EmptyState title={labels.empty} action={add} />}
      <Stack sx={{ gap: 2 }}>
        {pages.items.map((node) => (
          <NodeCard key={node.id} node={node} mayWrite={mayWrite} onCode={setOpen} />
        ))}
        {pages.hasNextPage && <Button onClick={() => pages.fetchNextPage()}>{words.showMore}</Button>}
      </Stack>
      {open === "add" && <AddNode onMade={setOpen} onClose={() => setOpen(null)} />}
      {open !== null && open !== "add" && (
        <OnceShown
          title={`${labels.codeTitle} ${open.node}`}
          label={labels.codeLabel}
          secret={open.code}
          hint={<StartHint code={open} />}
          onClose={() => setOpen(null)}
        />
      )}
    </Page>
  );
}

function StartHint({ code }: { code: Code }) {
  return (
    <>
      {labels.codeHint}
      <Typography component="pre" sx={{ fontFamily: "monospace", whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {`CP_NODE_NAME=${code.node} CP_ENROLMENT_CODE=… CP_CONTROL_URL=${window.location.origin} controlplane node`}
      </Typography>
    </>
  );
}

function AddNode({ onMade, onClose }: { onMade: (code: Code) => void; onClose: () => void }) {
  const create = useNodeChange(createNode);
  const { value, bind, dirty } = useForm({ name: "" });
  return (
    <FormDialog
      title={labels.add}
      submit={labels.add}
      dirty={dirty}
      onClose={onClose}
      onSubmit={async () => onMade((await create.mutateAsync(value.name)).enrolment)}
    >
      <TextInput {...bind("name")} label={labels.name} help={labels.nameHelp} required autoFocus />
    </FormDialog>
  );
}
