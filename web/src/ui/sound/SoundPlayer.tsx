import DownloadIcon from "@mui/icons-material/FileDownloadOutlined";
import AheadIcon from "@mui/icons-material/Forward10";
import PauseIcon from "@mui/icons-material/Pause";
import PlayIcon from "@mui/icons-material/PlayArrow";
import BackIcon from "@mui/icons-material/Replay10";
import Box from "@mui/material/Box";
import FormControlLabel from "@mui/material/FormControlLabel";
import IconButton from "@mui/material/IconButton";
import MenuItem from "@mui/material/MenuItem";
import Slider from "@mui/material/Slider";
import Stack from "@mui/material/Stack";
import Switch from "@mui/material/Switch";
import TextField from "@mui/material/TextField";
import Tooltip from "@mui/material/Tooltip";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { type Ref, type RefObject, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import { fetchFile, type Schemas } from "@/api/client";
import { useDialogs } from "../dialogs";
import { saveFile } from "../download";
import { duration } from "../format";
import { ProblemView } from "../ProblemView";
import { afterSilence, type Span, silences } from "./silence";
import { text } from "./text";
import { useAudio } from "./useAudio";
import { useWaveform } from "./waveform";

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
const STEP_S = 10;

/** What others may do with a player. */
export interface PlayerHandle {
  /** Plays from here; seconds. */
  playFrom: (seconds: number) => void;
}

interface SoundPlayerProps {
  /** Of the sound, below the API; it is fetched, and noted in the audit log, when somebody plays it. */
  path: string;
  /** How loud it is over time. */
  peaks: () => Promise<Schemas["Peaks"]>;
  /** Under which name it is saved. */
  fileName: string;
  label: string;
  onTime?: (seconds: number) => void;
  onPlay?: () => void;
  ref?: Ref<PlayerHandle>;
}

/** Plays a recording or a message: waveform, speed, silence left out, by keyboard too. */
export default function SoundPlayer({ path, peaks: read, fileName, label, onTime, onPlay, ref }: SoundPlayerProps) {
  const { notifyProblem } = useDialogs();
  const drawing = useRef<HTMLDivElement>(null);
  const peaks = useQuery({ queryKey: ["peaks", path], queryFn: read, staleTime: Number.POSITIVE_INFINITY });
  const [skip, setSkip] = useState(false);
  const quiet = useMemo(() => (peaks.data ? silences(peaks.data.channels, peaks.data.point_s) : []), [peaks.data]);
  const audio = useAudio(() => fetchFile(path), onPlay);
  const waveform = useWaveform(drawing, peaks.data, (seconds) => audio.seek(seconds));
  useFollow(audio.time, waveform.show, onTime);
  useSkip(audio, skip, quiet);
  const playFrom = (seconds: number) => audio.playFrom(seconds).catch(notifyProblem);
  useImperativeHandle(ref, () => ({ playFrom }));
  if (peaks.isLoadingError) return <ProblemView error={peaks.error} retry={() => peaks.refetch()} />;
  const total = peaks.data?.duration_s ?? 0;

  return (
    <Box role="group" aria-label={label}>
      <Box ref={drawing} aria-hidden sx={{ minHeight: 40, cursor: "pointer" }} />
      <Slider
        size="small"
        aria-label={text.position}
        min={0}
        max={Math.max(total, 0.1)}
        step={0.1}
        value={Math.min(audio.time, total)}
        getAriaValueText={duration}
        onChange={(_, value) => audio.seek(value as number)}
        sx={{ py: 1 }}
      />
      <Stack direction="row" sx={{ alignItems: "center", gap: 0.5, flexWrap: "wrap" }}>
        <Step label={text.back} onClick={() => audio.seek(Math.max(0, audio.time - STEP_S))} icon={<BackIcon />} />
        <Step
          label={audio.playing ? text.pause : text.play}
          onClick={() => (audio.playing ? audio.pause() : playFrom(audio.time >= total - 0.1 ? 0 : audio.time))}
          icon={audio.playing ? <PauseIcon /> : <PlayIcon />}
          busy={audio.loading}
          main
        />
        <Step
          label={text.ahead}
          onClick={() => audio.seek(Math.min(total, audio.time + STEP_S))}
          icon={<AheadIcon />}
        />
        <Typography sx={{ fontVariantNumeric: "tabular-nums", mx: 1 }}>
          {duration(audio.time)} / {duration(total)}
        </Typography>
        <TextField
          select
          label={text.speed}
          value={audio.speed}
          onChange={(event) => audio.setSpeed(Number(event.target.value))}
          sx={{ width: 96 }}
        >
          {SPEEDS.map((speed) => (
            <MenuItem key={speed} value={speed}>{`${speed}×`}</MenuItem>
          ))}
        </TextField>
        <FormControlLabel
          label={text.skip}
          control={<Switch size="small" checked={skip} onChange={(_, on) => setSkip(on)} />}
          sx={{ ml: 1 }}
        />
        <Box sx={{ flex: 1 }} />
        <Step
          label={text.download}
          onClick={() => audio.fetched().then((file) => saveFile(file, fileName), notifyProblem)}
          icon={<DownloadIcon />}
        />
      </Stack>
    </Box>
  );
}

function useFollow(time: number, show: (seconds: number) => void, onTime?: (seconds: number) => void): void {
  const told: RefObject<typeof onTime> = useRef(onTime);
  told.current = onTime;
  useEffect(() => {
    show(time);
    told.current?.(time);
  }, [time, show]);
}

function useSkip(
  audio: { time: number; playing: boolean; seek: (seconds: number) => void },
  on: boolean,
  quiet: Span[],
) {
  const { time, playing, seek } = audio;
  useEffect(() => {
    if (!on || !playing) return;
    const next = afterSilence(time, quiet);
    if (next !== time) seek(next);
  }, [on, playing, time, quiet, seek]);
}

interface StepProps {
  label: string;
  icon: React.ReactNode;
  onClick: () => void;
  main?: boolean;
  busy?: boolean;
}

function Step({ label, icon, onClick, main, busy }: StepProps) {
  return (
    <Tooltip title={label}>
      <IconButton aria-label={label} onClick={onClick} color={main ? "primary" : "default"} loading={busy ?? null}>
        {icon}
      </IconButton>
    </Tooltip>
  );
}
