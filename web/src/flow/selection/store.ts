/** What is chosen on the canvas, and what was copied; copies outlive the flow they were made in. */
import { create } from "zustand";
import type { FlowObject } from "../document/types";

interface Selection {
  nodeId: string | null;
  edgeId: string | null;
  copied: FlowObject | null;
}

export const useSelection = create<Selection>(() => ({ nodeId: null, edgeId: null, copied: null }));

export function selectNode(nodeId: string | null): void {
  useSelection.setState({ nodeId, edgeId: null });
}

export function selectEdge(edgeId: string | null): void {
  useSelection.setState({ nodeId: null, edgeId });
}

export function keepCopy(copied: FlowObject): void {
  useSelection.setState({ copied });
}
