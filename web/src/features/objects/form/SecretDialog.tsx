import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import type { KindInfo } from "../kinds";
import type { ConfigObject } from "../queries";
import { text } from "../text";
import { PhoneSettings, Setting } from "./PhoneSettings";

interface SecretDialogProps {
  info: KindInfo;
  /** As the answer that made the secret shows it. */
  object: ConfigObject;
  onClose: () => void;
}

/** A secret that was just made up: shown this once, with what a phone is set up with. */
export function SecretDialog({ info, object, onClose }: SecretDialogProps) {
  const isDevice = info.secret === "secret";
  return (
    <Dialog open onClose={(_, reason) => reason !== "backdropClick" && onClose()} aria-labelledby="secret-title">
      <DialogTitle id="secret-title">{isDevice ? text.secret.title : text.secret.pinTitle}</DialogTitle>
      <DialogContent>
        <Stack sx={{ gap: 2 }}>
          <Alert severity="warning">{text.secret.once}</Alert>
          {isDevice ? (
            <PhoneSettings device={object} secret={String(object.secret)} />
          ) : (
            <Setting label={text.secret.pin} value={String(object.pin)} />
          )}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose} autoFocus>
          {text.secret.done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
