import MicIcon from "@mui/icons-material/MicNoneOutlined";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Typography from "@mui/material/Typography";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, data, type Schemas } from "@/api/client";
import { useDialogs } from "@/ui/dialogs";
import { closing } from "@/ui/FormDialog";
import { dateTime } from "@/ui/format";
import { ProblemView } from "@/ui/ProblemView";
import { SoundRecorder } from "@/ui/sound/SoundRecorder";
import { text as common } from "@/ui/text";
import type { Mailbox } from "./queries";
import { text } from "./text";

type Greeting = Schemas["Spoken"] | null | undefined;

/** Records what callers of a box hear before the tone. */
export function GreetingButton({ box }: { box: Mailbox }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button startIcon={<MicIcon />} onClick={() => setOpen(true)}>
        {text.greeting.button}
      </Button>
      {open && <GreetingDialog box={box} onClose={() => setOpen(false)} />}
    </>
  );
}

async function readBox(id: string): Promise<{ greeting: Greeting; etag: string }> {
  const { data: box, response } = await api.GET("/api/v1/voicemail-boxes/{object_id}", {
    params: { path: { object_id: id } },
  });
  return { greeting: box?.greeting, etag: response.headers.get("ETag") ?? "*" };
}

/** Makes a prompt of the sound: a box's greeting is spoken by a prompt. */
async function storePrompt(box: Mailbox, sound: Blob): Promise<string> {
  const name = text.greeting.prompt(box.name, dateTime(new Date().toISOString())).slice(-100);
  const prompt = await data(api.POST("/api/v1/prompts", { body: { name, location_id: box.location_id } }));
  await api.PUT("/api/v1/prompts/{object_id}/audio", {
    params: { path: { object_id: prompt.id }, header: { "if-match": `"${prompt.version}"` } },
    headers: { "Content-Type": "audio/wav" },
    body: "", // the sound itself is no text; see the serializer
    bodySerializer: () => sound,
  });
  return prompt.id;
}

function GreetingDialog({ box, onClose }: { box: Mailbox; onClose: () => void }) {
  const words = text.greeting;
  const [sound, setSound] = useState<Blob | null>(null);
  const [recorded, setRecorded] = useState(false);
  const now = useQuery({ queryKey: ["voicemail-boxes", box.id, "greeting"], queryFn: () => readBox(box.id) });
  const queries = useQueryClient();
  const { notify } = useDialogs();
  const save = useMutation({
    mutationFn: async (wanted: Blob | null) => {
      const greeting = wanted ? { prompt_id: await storePrompt(box, wanted) } : null;
      await api.PATCH("/api/v1/voicemail-boxes/{object_id}", {
        params: { path: { object_id: box.id }, header: { "if-match": now.data?.etag } },
        body: { greeting },
      });
    },
    onSuccess: async () => {
      notify(words.saved);
      onClose();
      await Promise.all(
        ["voicemail-boxes", "prompts", "config"].map((key) => queries.invalidateQueries({ queryKey: [key] })),
      );
    },
  });
  return (
    <Dialog open onClose={closing(recorded, onClose)} aria-labelledby="greeting-title">
      <DialogTitle id="greeting-title" sx={{ overflowWrap: "anywhere" }}>
        <bdi>{words.title(box.name)}</bdi>
      </DialogTitle>
      <DialogContent sx={{ display: "grid", gap: 2 }}>
        {now.isError && <ProblemView error={now.error} retry={() => now.refetch()} />}
        {now.data && (
          <Typography sx={{ overflowWrap: "anywhere" }}>
            {words.now}: <bdi>{told(now.data.greeting)}</bdi>
          </Typography>
        )}
        <Typography color="textSecondary">{words.hint}</Typography>
        <SoundRecorder
          onChange={(made) => {
            setSound(made);
            setRecorded(true);
          }}
        />
        {save.error && <ProblemView error={save.error} />}
      </DialogContent>
      <DialogActions>
        {now.data?.greeting && <Button onClick={() => save.mutate(null)}>{words.back}</Button>}
        <Button onClick={onClose}>{common.actions.cancel}</Button>
        <Button
          variant="contained"
          disabled={!sound || !now.data}
          loading={save.isPending}
          onClick={() => save.mutate(sound)}
        >
          {words.save}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function told(greeting: Greeting): string {
  if (!greeting) return text.greeting.usual;
  return greeting.text ? text.greeting.spoken(greeting.text) : text.greeting.recorded;
}
