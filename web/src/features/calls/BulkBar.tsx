import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { api, data } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { count } from "@/ui/format";
import type { CallQuery } from "./filters";
import { useRetag, useSaveTable } from "./queries";
import { text } from "./text";
import { WordDialog } from "./WordDialog";

const MOST = 500; // calls in one request

interface BulkBarProps {
  selected: Set<string>;
  query: CallQuery;
  onClear: () => void;
}

/** What can be done with the selected calls. */
export function BulkBar({ selected, query, onClear }: BulkBarProps) {
  const [verb, setVerb] = useState<"add" | "remove" | null>(null);
  const mayTag = useMay()("calls:write");
  const { busy, save } = useSaveTable();
  if (!selected.size) return null;
  const tooMany = selected.size > MOST;
  return (
    <Paper
      role="toolbar"
      aria-label={text.bulk.chosen("")}
      sx={{ display: "flex", flexWrap: "wrap", gap: 1, alignItems: "center", p: 1, mb: 1 }}
    >
      <Typography sx={{ mx: 1 }}>{text.bulk.chosen(count(selected.size, "call"))}</Typography>
      {mayTag && (
        <>
          <Button size="small" variant="contained" onClick={() => setVerb("add")} disabled={tooMany}>
            {text.bulk.tag}
          </Button>
          <Button size="small" onClick={() => setVerb("remove")} disabled={tooMany}>
            {text.bulk.untag}
          </Button>
        </>
      )}
      <Button
        size="small"
        onClick={() => save("/api/v1/calls/export.csv", { call_ids: [...selected] })}
        loading={busy}
        disabled={tooMany}
      >
        {text.bulk.export}
      </Button>
      <Button size="small" onClick={onClear}>
        {text.bulk.clear}
      </Button>
      {tooMany && <Typography color="textSecondary">{text.bulk.most}</Typography>}
      {verb && <TagDialog verb={verb} selected={selected} query={query} onClose={() => setVerb(null)} />}
    </Paper>
  );
}

interface TagDialogProps {
  verb: "add" | "remove";
  selected: Set<string>;
  query: CallQuery;
  onClose: () => void;
}

function TagDialog({ verb, selected, query, onClose }: TagDialogProps) {
  const retag = useRetag(query);
  const { notify } = useDialogs();

  async function tag(typed: string) {
    const wanted = typed.toLowerCase();
    const body = { call_ids: [...selected], add: [] as string[], remove: [] as string[], [verb]: [wanted] };
    const { changed } = await data(api.POST("/api/v1/calls/tags", { body }));
    retag(selected, (tags) => {
      const others = tags.filter((one) => one !== wanted);
      return verb === "add" ? [...others, wanted] : others;
    });
    notify(text.bulk.done(count(changed, "call")));
  }

  const title = verb === "add" ? text.bulk.tagTitle : text.bulk.untagTitle;
  return <WordDialog title={title} label={text.bulk.tagLabel} longest={40} onSave={tag} onClose={onClose} />;
}
