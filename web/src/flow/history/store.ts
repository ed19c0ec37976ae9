/** Changes to the open flow, each of which can be taken back. */
import { create } from "zustand";
import { renamed } from "../document/edit";
import { currentFlow, useFlow } from "../document/store";
import type { FlowDocument, Saved } from "../document/types";
import { EMPTY, type History, remember, stepBack, stepForward } from "./history";

export const useHistory = create<History<FlowDocument>>(() => EMPTY);

/** Begins anew with a flow as the API has it. */
export function openFlow(document: FlowDocument, saved: Saved): void {
  useFlow.setState({ document, saved });
  useHistory.setState(EMPTY);
}

export function closeFlow(): void {
  useFlow.setState({ document: null, saved: {} });
  useHistory.setState(EMPTY);
}

/**
 * Changes the flow.
 * @param what in a word or two, for the undo button
 * @param mark joins changes that follow each other, such as letters typed into one field
 */
export function edit(what: string, change: (document: FlowDocument) => FlowDocument, mark?: string): void {
  const before = currentFlow();
  const after = change(before);
  if (after === before) return;
  useFlow.setState({ document: after });
  useHistory.setState(remember(useHistory.getState(), { before, after, what, mark }));
}

export function undo(): void {
  apply(stepBack(useHistory.getState()));
}

export function redo(): void {
  apply(stepForward(useHistory.getState()));
}

function apply(step: { value: FlowDocument; history: History<FlowDocument> } | null): void {
  if (!step) return;
  useFlow.setState({ document: step.value });
  useHistory.setState(step.history);
}

/** Notes what the API has now; new objects get their real ids, in what can be undone too. */
export function noteSaved(ids: ReadonlyMap<string, string>, written: Saved): void {
  const { document, saved } = useFlow.getState();
  useFlow.setState({ document: renamed(document, ids), saved: { ...saved, ...written } });
  useHistory.setState(renamed(useHistory.getState(), ids));
}

/** Adds objects that were read later, such as one that a way now leads to: nothing to undo, nothing to save. */
export function noteRead(found: Saved): void {
  useFlow.setState(({ saved }) => ({ saved: { ...found, ...saved } }));
}
