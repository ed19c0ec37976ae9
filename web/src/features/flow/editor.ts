/** What every part of the designer needs to know of the open flow. */
import { createContext, useContext } from "react";
import type { Catalog } from "@/flow/document/catalog";
import type { FlowGraph } from "@/flow/document/graph";
import type { FlowDocument } from "@/flow/document/types";
import type { FlowProblem } from "@/flow/validation/rules";
import type { Trail } from "./trial/trail";

/** A way out of a node. */
export interface Way {
  source: string;
  port: string;
}

export interface Editor {
  catalog: Catalog;
  document: FlowDocument;
  graph: FlowGraph;
  problems: FlowProblem[];
  mayWrite: (kind: string) => boolean;
  /** Asks where a way shall lead. */
  choose: (way: Way) => void;
  /** The way of the call that is being tried. */
  trail: Trail | null;
}

export const EditorContext = createContext<Editor | null>(null);

export function useEditor(): Editor {
  const editor = useContext(EditorContext);
  if (!editor) throw new Error("useEditor outside of a flow");
  return editor;
}
