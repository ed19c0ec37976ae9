import CheckIcon from "@mui/icons-material/Check";
import CopyIcon from "@mui/icons-material/ContentCopy";
import IconButton from "@mui/material/IconButton";
import Tooltip from "@mui/material/Tooltip";
import { useState } from "react";
import { useDialogs } from "./dialogs";
import { text } from "./text";

/** Puts a value on the clipboard, and says so. Where the browser refuses, or has none without https, it is shown. */
export function CopyButton({ value, label }: { value: string; label: string }) {
  const [copied, setCopied] = useState(false);
  const { notify } = useDialogs();
  const words = copied ? text.actions.copied : `${text.actions.copy}: ${label}`;
  async function copy() {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      notify({ message: text.notCopied(value), severity: "error" });
    }
  }
  return (
    <Tooltip title={words}>
      <IconButton size="small" aria-label={words} onClick={copy}>
        {copied ? <CheckIcon fontSize="small" /> : <CopyIcon fontSize="small" />}
      </IconButton>
    </Tooltip>
  );
}
