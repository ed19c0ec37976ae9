/** What is wrong with a flow, said at its node. The API has the last word; these rules say it while one draws. */
import type { Catalog, Schema } from "../document/catalog";
import { equal } from "../document/edit";
import type { FlowGraph, FlowNode } from "../document/graph";
import { isNew, type Json, nameOf, type Saved } from "../document/types";

export interface FlowProblem {
  nodeId: string;
  /** Path of a field, such as `options.0`; empty: the node as a whole. */
  field: string;
  /** With an error the flow is not saved. */
  severity: "error" | "warning";
  message: string;
}

export function problemsOf(catalog: Catalog, graph: FlowGraph): FlowProblem[] {
  return [
    ...graph.nodes.flatMap((node) => [...openWays(node), ...wrongFields(catalog, node), ...emptyQueue(node)]),
    ...unreached(graph),
    ...circles(graph),
  ];
}

function error(nodeId: string, field: string, message: string): FlowProblem {
  return { nodeId, field, severity: "error", message };
}

function openWays({ id, object, ports }: FlowNode): FlowProblem[] {
  if (object?.hidden) return [];
  const open = ports.filter(({ required, pressed, destination }) => (required || pressed) && !destination);
  const twice = ports.filter(({ pressed, label }, index) =>
    ports.some((other, before) => pressed && other.pressed && before < index && other.label === label),
  );
  return [
    ...open.map((port) => error(id, port.id, "Leads nowhere: connect it.")),
    ...twice.map((port) => error(id, port.id, `Key ${port.label} is used twice.`)),
  ];
}

function wrongFields(catalog: Catalog, { id, object }: FlowNode): FlowProblem[] {
  const kind = object && catalog.kinds[object.kind];
  if (!kind || object.hidden) return [];
  const ways = new Set(kind.ports.filter(({ many }) => many !== "list").map(({ field }) => field));
  const found = Object.entries(kind.fields).flatMap(([field, schema]) => {
    if (ways.has(field)) return [];
    const needed = kind.required.has(field) && !catalog.nullable(schema);
    const wrong = whatIsWrong(catalog, schema, object.fields[field], needed);
    return wrong ? [error(id, field, wrong)] : [];
  });
  const zoneless = "timezone" in kind.fields && !object.fields.timezone && !object.fields.location_id;
  return zoneless ? [...found, error(id, "location_id", "Needs a location, or a time zone of its own.")] : found;
}

/** A sentence on what a field's schema does not allow; null: fine. */
function whatIsWrong(catalog: Catalog, schema: Schema, value: Json | undefined, needed: boolean): string | null {
  const shape = catalog.resolve(schema);
  if (isEmpty(value)) return needed ? "Is needed." : null;
  if (shape.type === "object" && !needed) return null;
  if (typeof value === "string") return wrongText(shape, value);
  if (typeof value === "number") return wrongNumber(shape, value);
  if (Array.isArray(value) && value.length < (shape.minItems ?? 0)) return "Needs at least one.";
  if (Array.isArray(value) && value.length > (shape.maxItems ?? Infinity)) return `Takes at most ${shape.maxItems}.`;
  return null;
}

function isEmpty(value: Json | undefined): boolean {
  if (value === null || value === undefined || value === "") return true;
  if (typeof value !== "object" || Array.isArray(value)) return false;
  return "text" in value && Object.values(value).every(isEmpty); // something to say, with nothing said
}

function wrongText(shape: Schema, value: string): string | null {
  if (value.length > (shape.maxLength ?? Infinity)) return `Has at most ${shape.maxLength} characters.`;
  if (!shape.pattern || new RegExp(shape.pattern, "u").test(value)) return null;
  const [, least, most] = DIGITS.exec(shape.pattern) ?? [];
  return least ? `Must be ${least} to ${most} digits.` : ["Doesn't look right.", shape.description].join(" ").trim();
}

/** The pattern of numbers that people dial. */
const DIGITS = /^\^\[0-9\]\{(\d+),(\d+)\}\$$/;

function wrongNumber(shape: Schema, value: number): string | null {
  const [least, most] = [shape.minimum ?? -Infinity, shape.maximum ?? Infinity];
  return value < least || value > most || !Number.isInteger(value) ? `Must be ${least} to ${most}.` : null;
}

function emptyQueue({ id, object }: FlowNode): FlowProblem[] {
  if (object?.kind !== "queue" || object.hidden) return [];
  const { members } = object.fields;
  if (Array.isArray(members) && members.length) return [];
  return [{ nodeId: id, field: "members", severity: "warning", message: "Nobody is in this queue to take calls." }];
}

/** What was added must be connected before it is saved: it would be lost from the canvas otherwise. */
function unreached({ nodes, reached }: FlowGraph): FlowProblem[] {
  return nodes
    .filter(({ id, object }) => object && !reached.has(id))
    .map(({ id }) =>
      isNew(id)
        ? error(id, "", "No way leads here: connect it, or remove it.")
        : { nodeId: id, field: "", severity: "warning", message: "No way of this number leads here any more." },
    );
}

/** Circles in which calls run by themselves; a key that a caller presses is a way out. */
function circles({ nodes, edges }: FlowGraph): FlowProblem[] {
  const pressed = new Set(nodes.flatMap(({ id, ports }) => ports.filter((p) => p.pressed).map((p) => `${id}>${p.id}`)));
  const next = new Map<string, string[]>();
  for (const { id, source, target } of edges)
    if (!pressed.has(id)) next.set(source, [...(next.get(source) ?? []), target]);
  const told = new Set<string>();
  return nodes.flatMap(({ id }) => {
    const circle = told.has(id) ? null : wayBack(id, next);
    if (!circle) return [];
    for (const one of circle) told.add(one);
    const names = circle.map((one) => {
      const object = nodes.find((node) => node.id === one)?.object;
      return object ? nameOf(object) || object.kind : one;
    });
    return [error(id, "", `Calls can run in a circle for ever: ${[...names, names[0]].join(" → ")}.`)];
  });
}

/** The shortest way from a node back to itself. */
function wayBack(start: string, next: ReadonlyMap<string, string[]>): string[] | null {
  const paths: string[][] = [[start]];
  const seen = new Set<string>();
  for (let path = paths.shift(); path; path = paths.shift())
    for (const target of next.get(path.at(-1) ?? "") ?? []) {
      if (target === start) return path;
      if (!seen.has(target)) paths.push([...path, target]);
      seen.add(target);
    }
  return null;
}

/** A problem as `POST config/plan` tells it. */
export interface PlanProblem {
  severity: "error" | "warning";
  slug: string;
  path: string;
  id: string | null;
  message: string;
  hint?: string;
}

/** Told by the rules above already, and sooner. */
const OWN_RULES = new Set(["loop", "unreached"]);

/** What the API's own checks say of objects that are still as they were saved. */
export function problemsOfPlan(graph: FlowGraph, saved: Saved, found: PlanProblem[]): FlowProblem[] {
  return found.flatMap(({ id, slug, severity, path, message, hint }) => {
    const object = graph.nodes.find((node) => node.id === id)?.object;
    if (!id || !object || OWN_RULES.has(slug) || !equal(object.fields, saved[id]?.fields)) return [];
    const place = path.split("/");
    const field = place.length > 2 ? (place.at(-1) ?? "") : "";
    return [{ nodeId: id, field, severity, message: [message, hint].filter(Boolean).join(" ") }];
  });
}

/** Fields of the API's refusal (`options.0.destination.id`) at the field that is shown (`options.0`). */
export function atShownField(graph: FlowGraph, nodeId: string, field: string): string {
  const node = graph.nodes.find(({ id }) => id === nodeId);
  const port = node?.ports.find(({ id }) => field === id || field.startsWith(`${id}.`));
  return port?.id ?? field.split(".")[0] ?? "";
}
