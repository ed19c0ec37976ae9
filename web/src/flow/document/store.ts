/** The flow that is being edited. One at a time: a page shows one canvas. */
import { create } from "zustand";
import type { FlowDocument, Saved } from "./types";

interface FlowState {
  document: FlowDocument | null;
  saved: Saved;
}

export const useFlow = create<FlowState>(() => ({ document: null, saved: {} }));

/** The document, where there is one for sure. */
export function currentFlow(): FlowDocument {
  const { document } = useFlow.getState();
  if (!document) throw new Error("no flow is open");
  return document;
}
