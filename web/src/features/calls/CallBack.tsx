import CallIcon from "@mui/icons-material/CallOutlined";
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Typography from "@mui/material/Typography";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link as RouterLink } from "react-router";
import { api, data, type Schemas } from "@/api/client";
import { useMe } from "@/session/SessionProvider";
import { phoneNumber } from "@/ui/format";
import { randomId } from "@/ui/ids";
import { ProblemView } from "@/ui/ProblemView";
import { text as common } from "@/ui/text";
import { NamedPicker } from "./NamedPicker";
import { text } from "./text";

type Origination = Schemas["Origination"];
const UNSETTLED: Origination["state"][] = ["waiting", "sent", "ringing"];

/** A button that calls a number: first one's own phone rings, then the number is dialled. */
export function CallBack({ number }: { number: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="contained" startIcon={<CallIcon />} onClick={() => setOpen(true)}>
        {text.callBack.button}
      </Button>
      {open && <CallDialog number={number} onClose={() => setOpen(false)} />}
    </>
  );
}

function CallDialog({ number, onClose }: { number: string; onClose: () => void }) {
  const own = useMe().user?.extension_ids ?? [];
  const [extension, setExtension] = useState<string | undefined>(own[0]);
  const [key] = useState(() => randomId());
  const start = useMutation({
    mutationFn: (extension_id: string) =>
      data(
        api.POST("/api/v1/calls/originate", {
          params: { header: { "idempotency-key": key } },
          body: { extension_id, number },
        }),
      ),
  });
  const asked = useOrigination(start.data);
  return (
    <Dialog open onClose={onClose} aria-labelledby="call-title" maxWidth="xs">
      <DialogTitle id="call-title">{text.callBack.title(phoneNumber(number))}</DialogTitle>
      <DialogContent sx={{ display: "grid", gap: 2, overflow: "visible" }}>
        {!asked && (
          <NamedPicker
            kind="extensions"
            label={text.callBack.extension}
            value={extension}
            onChange={setExtension}
            help={text.callBack.extensionHint}
          />
        )}
        {start.error && <ProblemView error={start.error} />}
        {asked && <Progress asked={asked} />}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{asked ? common.actions.close : common.actions.cancel}</Button>
        {asked?.call_id && (
          <Button component={RouterLink} to={`/calls/${asked.call_id}`} onClick={onClose}>
            {text.callBack.show}
          </Button>
        )}
        {!asked && (
          <Button
            variant="contained"
            disabled={!extension}
            loading={start.isPending}
            onClick={() => extension && start.mutate(extension)}
          >
            {text.callBack.start}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

/** What became of it, asked each second until that is settled. */
function useOrigination(begun: Origination | undefined): Origination | undefined {
  const { data: newest } = useQuery({
    queryKey: ["origination", begun?.id],
    queryFn: () =>
      data(
        api.GET("/api/v1/calls/originate/{origination_id}", { params: { path: { origination_id: begun?.id ?? "" } } }),
      ),
    enabled: begun !== undefined,
    initialData: begun,
    refetchInterval: ({ state }) => (state.data && UNSETTLED.includes(state.data.state) ? 1000 : false),
  });
  return begun && (newest ?? begun);
}

function Progress({ asked }: { asked: Origination }) {
  const words = text.callBack.states[asked.state];
  const failed = ["unanswered", "failed", "expired"].includes(asked.state);
  return (
    <Alert severity={failed ? "warning" : "info"}>
      {typeof words === "function" ? words(asked.device) : words}
      {asked.detail && <Typography variant="body2">{asked.detail}</Typography>}
    </Alert>
  );
}
