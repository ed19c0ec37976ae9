import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { type MouseEvent, memo, useEffect, useMemo, useRef } from "react";
import type { Schemas } from "@/api/client";
import { duration } from "../format";
import { text } from "./text";
import { spokenAt, type Turn, turnsOf } from "./turns";

interface TranscriptProps {
  transcript: Schemas["Transcript"];
  /** Where the player is, in seconds. */
  time: number;
  onJump: (seconds: number) => void;
}

/** What was said; it follows the player, and a click on a word plays from there. */
export function Transcript({ transcript, time, onJump }: TranscriptProps) {
  const turns = useMemo(() => turnsOf(transcript.words), [transcript.words]);
  const sides = useMemo(() => new Set(turns.map(({ channel }) => channel)).size > 1, [turns]);
  const spoken = spokenAt(turns, time);
  const jump = useRef(onJump);
  jump.current = onJump;
  if (transcript.state !== "done") {
    const words = text.states[transcript.state];
    return (
      <Typography color="textSecondary">
        {transcript.state === "failed" ? `${words}${transcript.reason ?? ""}` : words}
      </Typography>
    );
  }
  if (!turns.length) return <Typography>{transcript.text}</Typography>;
  return (
    <Stack
      component="ol"
      tabIndex={0}
      aria-label={text.transcript}
      sx={{ listStyle: "none", m: 0, p: 0, gap: 1, maxHeight: 360, overflowY: "auto" }}
    >
      {turns.map((turn, index) => (
        <TurnLine
          key={turn.first}
          turn={turn}
          named={sides}
          spoken={spoken?.turn === index && time > 0 ? spoken.word : null}
          jump={jump}
        />
      ))}
    </Stack>
  );
}

interface TurnLineProps {
  turn: Turn;
  named: boolean;
  /** Index of its word that is spoken now; null: another turn's. */
  spoken: number | null;
  jump: { current: (seconds: number) => void };
}

const TurnLine = memo(function TurnLine({ turn, named, spoken, jump }: TurnLineProps) {
  const line = useRef<HTMLLIElement>(null);
  const current = spoken !== null;
  useEffect(() => {
    if (current) line.current?.scrollIntoView({ block: "nearest" });
  }, [current]);

  function onClick(event: MouseEvent<HTMLElement>) {
    const index = (event.target as HTMLElement).dataset.word;
    const word = index === undefined ? undefined : turn.words[Number(index)];
    if (word) jump.current(word.start_s);
  }

  const at = duration(turn.startS);
  return (
    <Box component="li" ref={line} aria-current={current || undefined} sx={{ display: "flex", gap: 1.5 }}>
      <Link
        component="button"
        aria-label={text.jump(at)}
        onClick={() => jump.current(turn.startS)}
        sx={{ fontVariantNumeric: "tabular-nums", alignSelf: "flex-start", flexShrink: 0 }}
      >
        {at}
      </Link>
      <Box onClick={onClick}>
        {named && (
          <Typography variant="body2" color="textSecondary">
            {text.sides[turn.channel] ?? text.sides[0]}
          </Typography>
        )}
        <Typography component="p">
          {turn.words.map((word, index) => (
            <Box
              component="span"
              key={`${word.start_s}-${word.word}`}
              data-word={index}
              sx={{
                cursor: "pointer",
                borderRadius: 0.5,
                ...(index === spoken && { bgcolor: "primary.main", color: "primary.contrastText" }),
              }}
            >
              {`${word.word} `}
            </Box>
          ))}
        </Typography>
      </Box>
    </Box>
  );
});
