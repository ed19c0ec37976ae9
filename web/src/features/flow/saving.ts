/** Writes a flow to the API, step by step; what was written stays written when a later step is refused. */
import { type ApiProblem, asProblem } from "@/api/problem";
import type { Catalog } from "@/flow/document/catalog";
import { renamed } from "@/flow/document/edit";
import { planSave, type Step } from "@/flow/document/save";
import { currentFlow, useFlow } from "@/flow/document/store";
import { nameOf, type Saved } from "@/flow/document/types";
import { noteSaved } from "@/flow/history/store";
import { changeObject, createObject } from "./objects";

/** A secret that was made up, to be shown this once. */
export interface Secret {
  object: string;
  field: string;
  value: string;
}

export interface SaveResult {
  written: number;
  secrets: Secret[];
  /** The step that was refused, and why. */
  refused?: { nodeId: string; name: string; problem: ApiProblem };
}

export async function saveFlow(catalog: Catalog): Promise<SaveResult> {
  const document = currentFlow();
  const ids = new Map<string, string>();
  const written: Saved = {};
  const result: SaveResult = { written: 0, secrets: [] };
  for (const step of planSave(catalog, document, useFlow.getState().saved)) {
    try {
      await write(catalog, renamed(step, ids), step.id, ids, written, result.secrets);
      result.written++;
    } catch (error) {
      const object = document.objects[step.id];
      const nodeId = ids.get(step.id) ?? step.id;
      result.refused = { nodeId, name: object ? nameOf(object) : "", problem: asProblem(error) };
      break;
    }
  }
  noteSaved(ids, written);
  return result;
}

async function write(
  catalog: Catalog,
  step: Step,
  before: string,
  ids: Map<string, string>,
  written: Saved,
  secrets: Secret[],
): Promise<void> {
  if (step.do === "change") {
    const version = step.version ?? written[step.id]?.version ?? 0;
    written[step.id] = await changeObject(catalog, step.kind, step.id, step.changes, version);
    return;
  }
  const { id, fields, version } = await createObject(catalog, step.kind, step.fields);
  ids.set(before, id);
  const shown = Object.entries(catalog.kinds[step.kind]?.fields ?? {}).filter(
    ([, schema]) => catalog.resolve(schema).writeOnly,
  );
  for (const [field] of shown) {
    if (typeof fields[field] === "string")
      secrets.push({ object: String(fields.name ?? ""), field, value: fields[field] });
    delete fields[field];
  }
  written[id] = { fields, version };
}
