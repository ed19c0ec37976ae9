import ListenIcon from "@mui/icons-material/PlayArrow";
import StopIcon from "@mui/icons-material/Stop";
import Button from "@mui/material/Button";
import { useEffect, useRef, useState } from "react";
import { api, data, fetchFile } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { text as words } from "../text";

type ListenButtonProps = { text: string; promptId?: undefined } | { text?: undefined; promptId: string };

async function sound({ text, promptId }: ListenButtonProps): Promise<Blob> {
  if (promptId !== undefined) return fetchFile(`/api/v1/prompts/${promptId}/audio`);
  return (await data(api.POST("/api/v1/prompts/preview", { body: { text }, parseAs: "blob" }))) as Blob;
}

/** Plays a text in our voice, or a stored prompt, as callers would hear it. */
export function ListenButton(props: ListenButtonProps) {
  const { notifyProblem } = useDialogs();
  const may = useMay();
  const player = useRef<HTMLAudioElement | null>(null);
  const [state, setState] = useState<"idle" | "loading" | "playing">("idle");
  useEffect(() => () => player.current?.pause(), []);

  async function listen() {
    setState("loading");
    try {
      const address = URL.createObjectURL(await sound(props));
      const audio = new Audio(address);
      player.current = audio;
      audio.onended = audio.onpause = () => {
        URL.revokeObjectURL(address);
        setState("idle");
      };
      await audio.play();
      setState("playing");
    } catch (error) {
      setState("idle");
      notifyProblem(error);
    }
  }

  if (!may(props.promptId === undefined ? "prompts:write" : "prompts:read")) return null;
  const playing = state === "playing";
  return (
    <Button
      variant="outlined"
      startIcon={playing ? <StopIcon /> : <ListenIcon />}
      loading={state === "loading"}
      loadingPosition="start"
      disabled={props.text?.trim() === ""}
      onClick={playing ? () => player.current?.pause() : listen}
      sx={{ flexShrink: 0, mt: 0.25 }}
    >
      {playing ? words.actions.stop : words.actions.listen}
    </Button>
  );
}
