/** A call flow: the configuration objects that calls to one number can come through, as they are being edited. */
import { randomId } from "@/ui/ids";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Fields = { [field: string]: Json };

/** Where a call goes next, as the API writes it. A `type`, so that it is a JSON value too. */
export type Destination = { kind: string; id?: string | null; number?: string | null };

export interface FlowObject {
  /** The object's id; `new-…` until it is saved. */
  id: string;
  /** Kind of configuration object, such as `ivr_menu`. */
  kind: string;
  fields: Fields;
  /** It is there, but this person may not read it. */
  hidden?: boolean;
}

export interface Point {
  x: number;
  y: number;
}

export interface FlowDocument {
  /** Id of the phone number that the flow begins at. */
  entry: string;
  objects: Record<string, FlowObject>;
  /** Nodes that somebody has put somewhere by hand; all others are laid out. */
  positions: Record<string, Point>;
}

/** An object as the API has it. */
export interface SavedObject {
  fields: Fields;
  /** Counts changes; goes into `If-Match`. */
  version: number;
}

/** What the API has, by id. What a document holds and this doesn't is new. */
export type Saved = Record<string, SavedObject>;

export const HANGUP: Destination = { kind: "hangup" };

export function isNew(id: string): boolean {
  return id.startsWith("new-");
}

export function newId(): string {
  return `new-${randomId()}`;
}

export function nameOf(object: FlowObject): string {
  return typeof object.fields.name === "string" ? object.fields.name : "";
}
