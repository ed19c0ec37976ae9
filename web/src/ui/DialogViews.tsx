import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Snackbar from "@mui/material/Snackbar";
import type { Notice, Question } from "./dialogs";
import { text } from "./text";

interface DialogViewsProps {
  question: Question | null;
  open: boolean;
  onAnswer: (yes: boolean) => void;
  notice: Notice | null;
  /** Which notice it is: another with the same words has its own time. */
  noticed: number;
  onNoticed: () => void;
}

/** How questions and notices look; loaded with the first of them. */
export default function DialogViews({ question, open, onAnswer, notice, noticed, onNoticed }: DialogViewsProps) {
  return (
    <>
      <Dialog open={open} onClose={() => onAnswer(false)} aria-labelledby="question-title">
        <DialogTitle id="question-title">{question?.title}</DialogTitle>
        <DialogContent>{question?.body}</DialogContent>
        <DialogActions>
          <Button onClick={() => onAnswer(false)}>{text.actions.cancel}</Button>
          <Button
            variant="contained"
            color={question?.dangerous ? "error" : "primary"}
            onClick={() => onAnswer(true)}
            autoFocus
          >
            {question?.confirm}
          </Button>
        </DialogActions>
      </Dialog>
      <Snackbar
        key={noticed}
        open={notice !== null}
        autoHideDuration={notice?.severity === "error" ? null : 6000}
        onClose={(_, reason) => reason !== "clickaway" && onNoticed()}
        anchorOrigin={{ vertical: "bottom", horizontal: "center" }}
      >
        <Alert
          severity={notice?.severity ?? "success"}
          variant="filled"
          onClose={onNoticed}
          action={
            notice?.undo && (
              <Button
                color="inherit"
                size="small"
                onClick={() => {
                  notice.undo?.();
                  onNoticed();
                }}
              >
                {text.actions.undo}
              </Button>
            )
          }
        >
          {notice?.message}
        </Alert>
      </Snackbar>
    </>
  );
}
