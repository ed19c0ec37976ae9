import type { Catalog } from "@/flow/document/catalog";
import { currentFlow } from "@/flow/document/store";
import { redo, undo } from "@/flow/history/store";
import { selectEdge, useSelection } from "@/flow/selection/store";
import { copySelected, letGo, pasteCopy, takeOff } from "../actions";

/** Keys of the designer, wherever the focus is; fields that one types into and dialogs keep theirs. */
export function onFlowKey(event: KeyboardEvent, catalog: Catalog, mayWrite: (kind: string) => boolean): void {
  const target = event.target instanceof Element ? event.target : document.body;
  if (target.closest("input, textarea, [contenteditable], [role=combobox], [role=listbox], [role=dialog]")) return;
  const done =
    event.ctrlKey || event.metaKey
      ? withControl(event, catalog)
      : onCanvas(target) && deleted(event.key, catalog, mayWrite);
  if (done) event.preventDefault();
}

/** Delete on a button beside the canvas is not meant for the node. */
function onCanvas(target: Element): boolean {
  return target === document.body || target.closest(".react-flow") !== null;
}

function withControl({ key, shiftKey }: KeyboardEvent, catalog: Catalog): boolean {
  const pressed = key.toLowerCase();
  if (pressed === "z") (shiftKey ? redo : undo)();
  else if (pressed === "y") redo();
  else if (pressed === "c") return !String(getSelection()) && copySelected();
  else if (pressed === "v" && useSelection.getState().copied) void pasteCopy(catalog);
  else return false;
  return true;
}

function deleted(key: string, catalog: Catalog, mayWrite: (kind: string) => boolean): boolean {
  if (key !== "Delete" && key !== "Backspace") return false;
  const { nodeId, edgeId } = useSelection.getState();
  const { objects, entry } = currentFlow();
  const [source = "", port = ""] = edgeId?.split(">") ?? [];
  const object = objects[nodeId ?? source];
  if (!object || !mayWrite(object.kind)) return false;
  if (edgeId) {
    letGo(catalog, { source, port });
    selectEdge(null);
  } else if (nodeId && nodeId !== entry) takeOff(catalog, nodeId);
  return true;
}
