import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { QRCodeSVG } from "qrcode.react";
import type { Schemas } from "@/api/client";
import { CopyButton } from "@/ui/CopyButton";
import { useDialogs } from "@/ui/dialogs";
import { ProblemView } from "@/ui/ProblemView";
import { useConnection, useLights, usePlan } from "../queries";
import { words } from "../text";
import { ApplyButton } from "./ApplyButton";
import { Light } from "./Light";
import { newSecret } from "./PhoneStep";

const labels = words.phone;

interface PhoneCardProps {
  device: Schemas["Device"];
  /** Known just after it was made. */
  secret: string | null;
  onSecret: (secret: string) => void;
}

/** How to set a phone up, and whether it is registered. */
export function PhoneCard({ device, secret, onSecret }: PhoneCardProps) {
  const connection = useConnection();
  const { ask, notifyProblem } = useDialogs();
  async function rotate() {
    if (await ask({ title: labels.againTitle, body: labels.againBody, confirm: labels.again }))
      await newSecret(device.id).then(onSecret, notifyProblem);
  }
  if (connection.isLoadingError) return <ProblemView error={connection.error} retry={() => connection.refetch()} />;
  if (!connection.data) return null;
  const { host, udp_port, tls_port } = connection.data;
  const rows: [string, string, boolean][] = [
    [labels.user, device.name, true],
    [labels.password, secret ?? labels.hidden, secret !== null],
    [labels.server, host, true],
    [labels.ports, labels.portsValue(udp_port, tls_port), false],
  ];
  return (
    <Stack sx={{ gap: 2, alignItems: "flex-start" }}>
      <PhoneLight deviceId={device.id} />
      <Stack direction="row" sx={{ gap: 3, flexWrap: "wrap" }}>
        {secret && (
          <Box sx={{ maxWidth: 200 }}>
            <Box sx={{ p: 1, bgcolor: "#fff", borderRadius: 1, display: "inline-block", lineHeight: 0 }}>
              <QRCodeSVG
                value={`sip:${device.name}:${secret}@${host}:${udp_port}`}
                size={160}
                title={labels.qrTitle}
                role="img"
              />
            </Box>
            <Typography variant="body2">{labels.qr}</Typography>
          </Box>
        )}
        <div>
          <Typography sx={{ fontWeight: 600 }}>{labels.manual}</Typography>
          <Box component="dl" sx={{ m: 0, display: "grid", gridTemplateColumns: "auto 1fr", columnGap: 2 }}>
            {rows.map(([label, value, copy]) => (
              <Box key={label} sx={{ display: "contents" }}>
                <Typography component="dt" color="textSecondary" sx={{ lineHeight: 2.2 }}>
                  {label}
                </Typography>
                <Typography component="dd" sx={{ m: 0, lineHeight: 2.2, overflowWrap: "anywhere" }}>
                  {value} {copy && <CopyButton value={value} label={label} />}
                </Typography>
              </Box>
            ))}
          </Box>
          {!secret && <Button onClick={rotate}>{labels.again}</Button>}
        </div>
      </Stack>
    </Stack>
  );
}

function PhoneLight({ deviceId }: { deviceId: string }) {
  const lights = useLights();
  const plan = usePlan();
  if (lights.data?.devices.registered_ids?.includes(deviceId)) return <Light state="on" label={labels.light.on} />;
  if (plan.data?.changes.some(({ id }) => id === deviceId))
    return (
      <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap" }}>
        <Light state="waits" label={labels.light.waits} />
        <ApplyButton />
      </Stack>
    );
  return <Light state="off" label={labels.light.off} />;
}
