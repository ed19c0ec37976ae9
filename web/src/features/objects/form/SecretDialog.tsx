import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { QRCodeSVG } from "qrcode.react";
import { CopyButton } from "@/ui/CopyButton";
import { transportOf } from "../connection";
import type { KindInfo } from "../kinds";
import { type ConfigObject, useConnection } from "../queries";
import { text } from "../text";

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
            <PhoneSettings device={object} />
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

function Setting({ label, value }: { label: string; value: string }) {
  return (
    <Stack direction="row" sx={{ alignItems: "center", gap: 1 }}>
      <Typography color="text.secondary" sx={{ width: 110, flexShrink: 0 }}>
        {label}
      </Typography>
      <Typography sx={{ fontFamily: "monospace", overflowWrap: "anywhere", flex: 1 }}>{value}</Typography>
      <CopyButton value={value} label={label} />
    </Stack>
  );
}

function PhoneSettings({ device }: { device: ConfigObject }) {
  const { data: connection } = useConnection(device.location_id);
  const secret = String(device.secret);
  const way = connection && transportOf(connection, String(device.media));
  return (
    <Stack sx={{ gap: 0.5 }}>
      {way && <Setting label={text.secret.server} value={way.server} />}
      {way?.port && <Setting label={text.secret.port} value={String(way.port)} />}
      {way && <Setting label={text.secret.transport} value={way.label} />}
      <Setting label={text.secret.user} value={device.name} />
      <Setting label={text.secret.secret} value={secret} />
      {way?.port && (
        <Stack sx={{ alignItems: "center", gap: 1, mt: 2 }}>
          <Box sx={{ bgcolor: "#fff", p: 1.5, borderRadius: 1, lineHeight: 0 }}>
            <QRCodeSVG value={way.uri(device.name, secret)} size={176} title={text.secret.qrLabel} />
          </Box>
          <Typography variant="body2" color="text.secondary" sx={{ textAlign: "center" }}>
            {text.secret.qr}
          </Typography>
        </Stack>
      )}
      <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
        {text.secret.later}
      </Typography>
    </Stack>
  );
}
