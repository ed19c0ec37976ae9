/** One tab of a browser is the phone: it alone registers and rings. */

const LOCK = "call-commander-softphone";

/**
 * Waits for the lead and holds it. A page without https has neither locks nor the microphone: there nobody leads.
 * @param steal take it from the tab that has it.
 * @param onChange true: this tab leads from now on; false: another tab has taken the lead.
 * @returns gives the lead back.
 */
export function lead(steal: boolean, onChange: (leads: boolean) => void): () => void {
  if (!navigator.locks) return () => undefined;
  let release: () => void = () => undefined;
  const waiting = new AbortController();
  const hold = () => {
    onChange(true);
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  };
  // A lock can't be both stolen and waited for with a signal.
  const options = steal ? { steal } : { signal: waiting.signal };
  navigator.locks.request(LOCK, options, hold).catch(() => {
    if (!waiting.signal.aborted) onChange(false);
  });
  return () => {
    waiting.abort();
    release();
  };
}
