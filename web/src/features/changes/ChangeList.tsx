import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useMemo, useState } from "react";
import { ChangeCard } from "./ChangeCard";
import type { Change } from "./queries";
import { text } from "./text";

const SHOWN = 100;
const SEARCHABLE = 8;

/** Changes in words, object by object; many of them with a search. */
export function ChangeList({ changes }: { changes: Change[] }) {
  const [wanted, setWanted] = useState("");
  const [shown, setShown] = useState(SHOWN);
  const found = useMemo(() => {
    const words = wanted.trim().toLowerCase();
    return words ? changes.filter((one) => `${one.effect} ${one.name}`.toLowerCase().includes(words)) : changes;
  }, [changes, wanted]);
  const more = found.length - shown;
  return (
    <Stack sx={{ gap: 1.5 }}>
      {changes.length > SEARCHABLE && (
        <TextField
          type="search"
          label={text.find}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          sx={{ maxWidth: 400 }}
        />
      )}
      {!found.length && <Typography color="textSecondary">{text.noneFound}</Typography>}
      <Stack component="ul" sx={{ listStyle: "none", m: 0, p: 0, gap: 1 }}>
        {found.slice(0, shown).map((change) => (
          <ChangeCard key={`${change.kind} ${change.id}`} change={change} />
        ))}
      </Stack>
      {more > 0 && (
        <Button sx={{ alignSelf: "start" }} onClick={() => setShown(shown + SHOWN)}>
          {text.showMore(Math.min(more, SHOWN))}
        </Button>
      )}
    </Stack>
  );
}
