import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { asProblem } from "@/api/problem";

export interface Question {
  title: string;
  /** What will happen. */
  body: ReactNode;
  /** The verb on the button, such as "Delete queue". */
  confirm: string;
  dangerous?: boolean;
}

export interface Notice {
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

const loadViews = () => import("./DialogViews");
const DialogViews = lazy(loadViews);
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
  const [noticed, setNoticed] = useState(0);

  const ask = useCallback(
    (wanted: Question) =>
      new Promise<boolean>((resolve) => {
        setQuestion({ ...wanted, answer: resolve });
        setOpen(true);
      }),
    [],
  );
  const notify = useCallback((wanted: Notice | string) => {
    setNotice(typeof wanted === "string" ? { message: wanted } : wanted);
    setNoticed((before) => before + 1);
  }, []);
  const notifyProblem = useCallback(
    (error: unknown) => {
      const { message, problem } = asProblem(error);
      notify({ message: [message, problem.hint].filter(Boolean).join(" "), severity: "error" });
    },
    [notify],
  );
  const dialogs = useMemo(() => ({ ask, notify, notifyProblem }), [ask, notify, notifyProblem]);

  useEffect(() => {
    loadViews().catch(() => {}); // early, but after the first paint: a network that fails is what they have to tell of
  }, []);

  function answer(yes: boolean) {
    question?.answer(yes);
    setOpen(false);
  }

  return (
    <DialogsContext.Provider value={dialogs}>
      {children}
      {(question || notice) && (
        <Suspense fallback={null}>
          <DialogViews
            question={question}
            open={open}
            onAnswer={answer}
            notice={notice}
            noticed={noticed}
            onNoticed={() => setNotice(null)}
          />
        </Suspense>
      )}
    </DialogsContext.Provider>
  );
}
