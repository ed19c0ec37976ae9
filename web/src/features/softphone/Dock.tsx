import PhoneIcon from "@mui/icons-material/PhoneOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import { useEffect, useState } from "react";
import { Incoming } from "./Incoming";
import { PhonePanel } from "./PhonePanel";
import { type Account, type Softphone, useSoftphone } from "./queries";
import { Setup } from "./Setup";
import { text } from "./text";
import { usePhone } from "./usePhone";

/** The softphone, below every page: a button that opens it, and what rings. */
export default function Dock() {
  const { data } = useSoftphone();
  if (!data || data.state === "no_extension") return null;
  return data.account ? <Working softphone={data} account={data.account} /> : <Waiting softphone={data} />;
}

/** There is no browser phone yet: says what is missing. */
function Waiting({ softphone }: { softphone: Softphone }) {
  const [open, setOpen] = useState(false);
  return (
    <Corner>
      {open && (
        <Frame>
          <Setup softphone={softphone} />
        </Frame>
      )}
      <Opener open={open} label={softphone.number ?? ""} onClick={() => setOpen(!open)} />
    </Corner>
  );
}

function Working({ softphone, account }: { softphone: Softphone; account: Account }) {
  const phone = usePhone(account, softphone.shown_numbers);
  const [open, setOpen] = useState(false);
  const { calls, registration } = phone.state;
  const ringing = calls.filter(({ incoming, state }) => incoming && state === "ringing");
  const talking = calls.length > ringing.length;

  useEffect(() => {
    if (talking) setOpen(true);
  }, [talking]);

  return (
    <Corner>
      {ringing.map((call) => (
        <Incoming
          key={call.id}
          call={call}
          extensionId={softphone.extension_id}
          sound={phone.sound}
          waits={talking}
          onAnswer={() => phone.phone?.answer(call.id)}
          onDecline={() => phone.phone?.hangUp(call.id)}
        />
      ))}
      {open && (
        <Frame>
          <PhonePanel phone={phone} softphone={softphone} account={account} />
        </Frame>
      )}
      <Opener
        open={open}
        label={`${softphone.number} · ${text.registration[registration]}`}
        warns={registration !== "registered" && registration !== "connecting"}
        onClick={() => setOpen(!open)}
      />
    </Corner>
  );
}

function Corner({ children }: { children: React.ReactNode }) {
  return (
    <Box
      component="aside"
      aria-label={text.title}
      sx={{
        position: "fixed",
        right: { xs: 8, sm: 16 },
        bottom: { xs: 8, sm: 16 },
        zIndex: "speedDial",
        width: { xs: "calc(100vw - 16px)", sm: 340 },
        display: "flex",
        flexDirection: "column",
        alignItems: "flex-end",
        gap: 1,
        pointerEvents: "none",
        "& > *": { pointerEvents: "auto" },
      }}
    >
      {children}
    </Box>
  );
}

function Frame({ children }: { children: React.ReactNode }) {
  return (
    <Paper
      variant="elevation"
      elevation={6}
      sx={{ width: "100%", p: 2, maxHeight: "calc(100dvh - 96px)", overflowY: "auto" }}
    >
      {children}
    </Paper>
  );
}

interface OpenerProps {
  open: boolean;
  label: string;
  warns?: boolean;
  onClick: () => void;
}

function Opener({ open, label, warns, onClick }: OpenerProps) {
  return (
    <Button
      variant="contained"
      color={warns ? "warning" : "primary"}
      startIcon={<PhoneIcon />}
      aria-expanded={open}
      aria-label={`${open ? text.close : text.open}: ${label}`}
      onClick={onClick}
      sx={{ borderRadius: 8, boxShadow: 3 }}
    >
      {label}
    </Button>
  );
}
