import { type FormEvent, useState } from "react";
import { type ApiProblem, asProblem } from "@/api/problem";

/** A form that is sent once at a time; what the API refuses is told until it is sent again. */
export function useSubmit(send: () => Promise<void>) {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    event.stopPropagation(); // a dialog's form is not the one behind it
    setBusy(true);
    setProblem(null);
    try {
      await send();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  }
  return { submit, busy, problem };
}
