import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Typography from "@mui/material/Typography";
import { type ReactNode, useId } from "react";
import { CopyButton } from "@/ui/CopyButton";
import { words } from "../text";

interface OnceShownProps {
  title: string;
  /** What it is, such as "Password". */
  label: string;
  secret: string;
  hint: ReactNode;
  onClose: () => void;
}

/** A secret that nobody can look up later. A click beside the dialog doesn't close it. */
export function OnceShown({ title, label, secret, hint, onClose }: OnceShownProps) {
  const titleId = useId();
  return (
    <Dialog open aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{title}</DialogTitle>
      <DialogContent>
        <Alert severity="warning" sx={{ mb: 2 }}>
          {words.once}
        </Alert>
        <Typography variant="body2" color="textSecondary">
          {label}
        </Typography>
        <Box sx={{ display: "flex", alignItems: "center", gap: 1, mb: 2 }}>
          <Typography component="code" data-secret sx={{ fontFamily: "monospace", overflowWrap: "anywhere" }}>
            {secret}
          </Typography>
          <CopyButton value={secret} label={label} />
        </Box>
        <Typography component="div">{hint}</Typography>
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose}>
          {words.onceDone}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
