import type { Tagged } from "@/api/tagged";
import { type Question, useDialogs } from "@/ui/dialogs";

/**
 * Asks about something (null: nothing is asked) and then changes it as it was when the question came: what somebody
 * else does to it meanwhile is not passed over. What goes wrong is said.
 */
export function useChangeAsRead() {
  const { ask, notifyProblem } = useDialogs();
  return async (
    read: () => Promise<Tagged<unknown>>,
    question: Question | null,
    run: (etag: string) => Promise<unknown>,
  ) => {
    try {
      const { etag } = await read();
      if (!question || (await ask(question))) await run(etag);
    } catch (error) {
      notifyProblem(error);
    }
  };
}
