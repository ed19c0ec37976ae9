import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Snackbar from "@mui/material/Snackbar";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { asProblem } from "@/api/problem";
import { text } from "./text";

interface Question {
  title: string;
  /** What will happen. */
  body: ReactNode;
  /** The verb on the button, such as "Delete queue". */
  confirm: string;
  dangerous?: boolean;
}

interface Notice {
  message: string;
  severity?: "success" | "info" | "warning" | "error";
  undo?: () => void;
}

interface Dialogs {
  /** Asks before something dangerous; true: go on. */
  ask: (question: Question) => Promise<boolean>;
  /** Says briefly what was done, with a way back where there is one. */
  notify: (notice: Notice | string) => void;
  /** Says what the API refused. */
  notifyProblem: (error: unknown) => void;
}

const DialogsContext = createContext<Dialogs | null>(null);

export function useDialogs(): Dialogs {
  const dialogs = useContext(DialogsContext);
  if (!dialogs) throw new Error("useDialogs outside of DialogsProvider");
  return dialogs;
}

export function DialogsProvider({ children }: { children: ReactNode }) {
  const [question, setQuestion] = useState<(Question & { answer: (yes: boolean) => void }) | null>(null);
  const [open, setOpen] = useState(false);
  const [notice, setNotice] = useState<Notice | null>(null);

  const ask = useCallback(
    (wanted: Question) =>
      new Promise<boolean>((resolve) => {
        setQuestion({ ...wanted, answer: resolve });
        setOpen(true);
      }),
    [],
  );
  const notify = useCallback(
    (wanted: Notice | string) => setNotice(typeof wanted === "string" ? { message: wanted } : wanted),
    [],
  );
  const notifyProblem = useCallback((error: unknown) => {
    const { message, problem } = asProblem(error);
    setNotice({ message: [message, problem.hint].filter(Boolean).join(" "), severity: "error" });
  }, []);
  const dialogs = useMemo(() => ({ ask, notify, notifyProblem }), [ask, notify, notifyProblem]);

  function answer(yes: boolean) {
    question?.answer(yes);
    setOpen(false);
  }

  return (
    <DialogsContext.Provider value={dialogs}>
      {children}
      <Dialog open={open} onClose={() => answer(false)} aria-labelledby="question-title">
        <DialogTitle id="question-title">{question?.title}</DialogTitle>
        <DialogContent>{question?.body}</DialogContent>
        <DialogActions>
          <Button onClick={() => answer(false)}>{text.actions.cancel}</Button>
          <Button
            variant="contained"
            color={question?.dangerous ? "error" : "primary"}
            onClick={() => answer(true)}
            autoFocus
          >
            {question?.confirm}
          </Button>
        </DialogActions>
      </Dialog>
      <Snackbar
        key={notice?.message}
        open={notice !== null}
        autoHideDuration={notice?.severity === "error" ? null : 6000}
        onClose={(_, reason) => reason !== "clickaway" && setNotice(null)}
        anchorOrigin={{ vertical: "bottom", horizontal: "center" }}
      >
        <Alert
          severity={notice?.severity ?? "success"}
          variant="filled"
          onClose={() => setNotice(null)}
          action={
            notice?.undo && (
              <Button
                color="inherit"
                size="small"
                onClick={() => {
                  notice.undo?.();
                  setNotice(null);
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
    </DialogsContext.Provider>
  );
}
