import UploadIcon from "@mui/icons-material/UploadFile";
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, data } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { duration } from "@/ui/format";
import { ListenButton } from "../fields/ListenButton";
import { type ConfigObject, etagOf, fetchObject } from "../queries";
import { text } from "../text";

interface PromptSoundProps {
  prompt: ConfigObject;
  onChanged: (prompt: ConfigObject) => void;
}

/** How far a stored prompt's sound is, to be listened to; without a text, a recording can be uploaded. */
export function PromptSound({ prompt, onChanged }: PromptSoundProps) {
  const path = { object_id: prompt.id };
  const may = useMay();
  const { notify, notifyProblem } = useDialogs();
  const queries = useQueryClient();
  const chooser = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const sound = useQuery({
    queryKey: ["prompts", "sound", prompt.id, prompt.version],
    queryFn: () => data(api.GET("/api/v1/prompts/{object_id}/sound", { params: { path } })),
    refetchInterval: (query) => (query.state.data?.state === "pending" && prompt.text ? 2000 : false),
  });

  async function upload(file: File) {
    setBusy(true);
    try {
      await api.PUT("/api/v1/prompts/{object_id}/audio", {
        params: { path, header: { "if-match": etagOf(prompt) } },
        body: file as unknown as string, // the description calls binary bodies strings
        bodySerializer: (body: unknown) => body as Blob,
        headers: { "Content-Type": file.type || "application/octet-stream" },
      });
      onChanged(await fetchObject("prompts", prompt.id));
      await queries.invalidateQueries({ queryKey: ["prompts"] });
      queries.invalidateQueries({ queryKey: ["config"] });
      notify(text.audio.uploaded);
    } catch (error) {
      notifyProblem(error);
    } finally {
      setBusy(false);
    }
  }

  const state = sound.data?.state;
  return (
    <Paper component="section" aria-label={text.audio.sound} sx={{ p: { xs: 2, sm: 3 }, mt: 2 }}>
      <Typography variant="h6" component="h2" gutterBottom>
        {text.audio.sound}
      </Typography>
      {sound.data?.error && <Alert severity="error">{sound.data.error}</Alert>}
      <Stack direction="row" sx={{ gap: 2, alignItems: "center", flexWrap: "wrap" }}>
        <Typography color="textSecondary">
          {text.audio.states[state ?? "pending"]}
          {sound.data?.duration_ms ? ` · ${duration(sound.data.duration_ms / 1000)}` : ""}
        </Typography>
        {state === "ready" && <ListenButton promptId={prompt.id} />}
        {!prompt.text && may("prompts:write") && (
          <>
            <input
              ref={chooser}
              type="file"
              accept="audio/*"
              hidden
              onChange={({ target }) => {
                const [file] = target.files ?? [];
                if (file) upload(file);
                target.value = "";
              }}
            />
            <Button startIcon={<UploadIcon />} loading={busy} onClick={() => chooser.current?.click()}>
              {text.audio.upload}
            </Button>
            <Typography variant="body2" color="textSecondary">
              {text.audio.uploadHint}
            </Typography>
          </>
        )}
      </Stack>
    </Paper>
  );
}
