import RecordIcon from "@mui/icons-material/FiberManualRecord";
import StopIcon from "@mui/icons-material/Stop";
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useEffect, useRef, useState } from "react";
import { duration } from "../format";
import { useNow } from "../useNow";
import { text } from "./text";
import { toWav } from "./wav";

interface SoundRecorderProps {
  /** What was recorded, as WAV; null: it is being recorded anew. */
  onChange: (sound: Blob | null) => void;
  /** Seconds after which it stops by itself. */
  longestS?: number;
}

/** Records by the browser's microphone, to listen to before it is used. */
export function SoundRecorder({ onChange, longestS = 300 }: SoundRecorderProps) {
  const [since, setSince] = useState<number | null>(null);
  const [url, setUrl] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const recorder = useRef<MediaRecorder | null>(null);
  const stop = () => recorder.current?.state === "recording" && recorder.current.stop();

  useEffect(() => () => (url ? URL.revokeObjectURL(url) : undefined), [url]);
  useEffect(
    () => () => {
      const { current } = recorder;
      recorder.current = null;
      if (current) release(current);
    },
    [],
  );

  async function finish(pieces: Blob[]) {
    setSince(null);
    try {
      const sound = await toWav(new Blob(pieces, { type: pieces[0]?.type }));
      setUrl(URL.createObjectURL(sound));
      onChange(sound);
    } catch (error) {
      setProblem(String(error));
    }
  }

  async function start() {
    setProblem(null);
    setUrl(null);
    onChange(null);
    if (!navigator.mediaDevices) return setProblem(text.noMicrophone);
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const mine = new MediaRecorder(stream);
      const pieces: Blob[] = [];
      mine.ondataavailable = ({ data }) => pieces.push(data);
      mine.onstop = () => {
        release(mine);
        if (recorder.current === mine) finish(pieces);
      };
      recorder.current = mine;
      mine.start();
      setSince(Date.now());
    } catch (error) {
      setProblem(error instanceof DOMException && error.name === "NotAllowedError" ? text.blocked : String(error));
    }
  }

  return (
    <Stack sx={{ gap: 1.5 }}>
      {problem && <Alert severity="warning">{problem}</Alert>}
      {since === null ? (
        <span>
          <Button variant="outlined" color="error" startIcon={<RecordIcon />} onClick={start}>
            {url ? text.again : text.record}
          </Button>
        </span>
      ) : (
        <Stack direction="row" sx={{ gap: 2, alignItems: "center" }}>
          <Button variant="contained" color="error" startIcon={<StopIcon />} onClick={stop}>
            {text.stop}
          </Button>
          <Running since={since} longestS={longestS} onEnd={stop} />
        </Stack>
      )}
      {/* biome-ignore lint/a11y/useMediaCaption: one's own words, said a moment ago */}
      {url && <audio controls src={url} aria-label={text.recorded} />}
    </Stack>
  );
}

function release(recorder: MediaRecorder): void {
  for (const track of recorder.stream.getTracks()) track.stop();
}

function Running({ since, longestS, onEnd }: { since: number; longestS: number; onEnd: () => void }) {
  const seconds = Math.max(0, (useNow() - since) / 1000);
  useEffect(() => {
    if (seconds >= longestS) onEnd();
  }, [seconds, longestS, onEnd]);
  return (
    <Typography role="timer" sx={{ fontVariantNumeric: "tabular-nums" }}>
      {text.recording} {duration(seconds)}
    </Typography>
  );
}
