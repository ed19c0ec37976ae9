import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { QRCodeSVG } from "qrcode.react";
import { CopyButton } from "@/ui/CopyButton";
import { transportOf } from "../connection";
import { type ConfigObject, useConnection } from "../queries";
import { text } from "../text";

/** One setting of a phone, to be copied. */
export function Setting({ label, value }: { label: string; value: string }) {
  return (
    <Stack direction="row" sx={{ alignItems: "center", gap: 1 }}>
      <Typography color="textSecondary" variant="body2" sx={{ width: 88, flexShrink: 0 }}>
        {label}
      </Typography>
      <Typography sx={{ fontFamily: "monospace", overflowWrap: "anywhere", flex: 1 }}>{value}</Typography>
      <CopyButton value={value} label={label} />
    </Stack>
  );
}

interface PhoneSettingsProps {
  device: ConfigObject;
  /** Just made up; without it, only what is no secret is shown. */
  secret?: string;
}

/** What a phone is set up with, to type and as a picture. */
export function PhoneSettings({ device, secret }: PhoneSettingsProps) {
  const { data: connection } = useConnection(device.location_id);
  const way = connection && transportOf(connection, String(device.media));
  return (
    <Stack sx={{ gap: 0.5 }}>
      {way && <Setting label={text.secret.server} value={way.server} />}
      {way?.port && <Setting label={text.secret.port} value={String(way.port)} />}
      {way && <Setting label={text.secret.transport} value={way.label} />}
      <Setting label={text.secret.user} value={device.name} />
      {secret && <Setting label={text.secret.secret} value={secret} />}
      {secret && way?.port && (
        <Stack sx={{ alignItems: "center", gap: 1, mt: 2 }}>
          <Box sx={{ bgcolor: "#fff", p: 1.5, borderRadius: 1, lineHeight: 0 }}>
            <QRCodeSVG value={way.uri(device.name, secret)} size={176} title={text.secret.qrLabel} />
          </Box>
          <Typography variant="body2" color="textSecondary" sx={{ textAlign: "center" }}>
            {text.secret.qr}
          </Typography>
        </Stack>
      )}
      {secret && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
          {text.secret.later}
        </Typography>
      )}
    </Stack>
  );
}
