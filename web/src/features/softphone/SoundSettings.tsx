import ExpandIcon from "@mui/icons-material/ExpandMore";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import MenuItem from "@mui/material/MenuItem";
import Slider from "@mui/material/Slider";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useEffect, useState } from "react";
import type { SoundChoice } from "./sound";
import { text } from "./text";

interface SoundSettingsProps {
  sound: SoundChoice;
  onChange: (sound: SoundChoice) => void;
}

/** Which microphone and speaker, and how loud. */
export function SoundSettings({ sound, onChange }: SoundSettingsProps) {
  const devices = useDevices();
  return (
    <Accordion
      disableGutters
      elevation={0}
      variant="elevation"
      sx={{ bgcolor: "transparent", backgroundImage: "none", "&::before": { display: "none" } }}
    >
      <AccordionSummary expandIcon={<ExpandIcon />} sx={{ px: 0 }}>
        {text.audio.title}
      </AccordionSummary>
      <AccordionDetails sx={{ px: 0 }}>
        <Stack sx={{ gap: 2 }}>
          <DeviceChoice
            label={text.audio.microphone}
            devices={devices.filter(({ kind }) => kind === "audioinput")}
            value={sound.microphone}
            onChange={(microphone) => onChange({ ...sound, microphone })}
          />
          <DeviceChoice
            label={text.audio.speaker}
            devices={devices.filter(({ kind }) => kind === "audiooutput")}
            value={sound.speaker}
            onChange={(speaker) => onChange({ ...sound, speaker })}
          />
          <Stack>
            <Typography variant="body2" id="softphone-volume">
              {text.audio.volume}
            </Typography>
            <Slider
              aria-labelledby="softphone-volume"
              value={sound.volume}
              min={0}
              max={1}
              step={0.05}
              onChange={(_, volume) => onChange({ ...sound, volume })}
            />
          </Stack>
        </Stack>
      </AccordionDetails>
    </Accordion>
  );
}

/** What is plugged in. Names are known once the microphone was allowed. */
function useDevices(): MediaDeviceInfo[] {
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  useEffect(() => {
    const media = navigator.mediaDevices;
    if (!media) return;
    const read = () => media.enumerateDevices().then(setDevices, () => setDevices([]));
    read();
    media.addEventListener("devicechange", read);
    return () => media.removeEventListener("devicechange", read);
  }, []);
  return devices.filter(({ deviceId }) => deviceId && deviceId !== "default");
}

interface DeviceChoiceProps {
  label: string;
  devices: MediaDeviceInfo[];
  value: string;
  onChange: (id: string) => void;
}

function DeviceChoice({ label, devices, value, onChange }: DeviceChoiceProps) {
  const known = devices.some(({ deviceId }) => deviceId === value);
  return (
    <TextField
      select
      label={label}
      value={known ? value : "system"}
      onChange={({ target }) => onChange(target.value === "system" ? "" : target.value)}
      fullWidth
    >
      <MenuItem value="system">{text.audio.standard}</MenuItem>
      {devices.map(({ deviceId, label: name }) => (
        <MenuItem key={deviceId} value={deviceId}>
          {name || deviceId.slice(0, 8)}
        </MenuItem>
      ))}
    </TextField>
  );
}
