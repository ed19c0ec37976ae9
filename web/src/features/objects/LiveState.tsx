import Chip from "@mui/material/Chip";
import type { Schemas } from "@/api/client";
import { type LiveWord, liveWord } from "./live";
import type { ConfigObject } from "./queries";
import { text } from "./text";

const COLOURS: Partial<Record<LiveWord, "success" | "error">> = { registered: "success", up: "success", down: "error" };

interface LiveStateProps {
  object: ConfigObject;
  status: Schemas["StatusRead"] | undefined;
}

/** How a phone or a trunk is at this moment, as far as it is known. */
export function LiveState({ object, status }: LiveStateProps) {
  const word = liveWord(object, status);
  const colour = COLOURS[word];
  return (
    <Chip
      component="span"
      size="small"
      color={colour}
      variant={colour || word === "off" ? "filled" : "outlined"}
      label={text.status[word]}
    />
  );
}
