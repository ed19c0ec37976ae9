/** A kind of configuration object: how it is called, what its list shows and how its form is ordered. */
import { KINDS } from "./kindTable";

export interface KindInfo {
  /** As destinations, uses and fields name it. */
  kind: string;
  /** Its REST collection, and the folder of its pages. */
  resource: string;
  one: string;
  many: string;
  lead: string;
  /** `<schema>Create` describes its form. */
  schema: string;
  /** Shown in the list after the name; the first are there from the start, `more` when chosen. */
  columns: string[];
  more?: string[];
  /** Fields a list can be narrowed by, beside its location. */
  filters?: string[];
  /** Fields by heading; what is not named stands at the end. */
  sections: { title: string; fields: string[] }[];
  /** It doesn't fit into a table: no CSV. */
  noTable?: true;
  /** A secret that is made up and shown once. */
  secret?: "secret" | "pin";
  /** Name is more than a name (a SIP login): not to be changed in passing. */
  fixedName?: boolean;
}

const byResource = new Map(KINDS.map((info) => [info.resource, info]));
const byKind = new Map(KINDS.map((info) => [info.kind, info]));

/** @throws Error: there is no such kind. */
export function kindOf(kindOrResource: string): KindInfo {
  const info = byKind.get(kindOrResource) ?? byResource.get(kindOrResource);
  if (!info) throw new Error(`no such kind: ${kindOrResource}`);
  return info;
}

/** The same for names that may be of none of these, such as a flow test's. */
export function findKind(kindOrResource: string): KindInfo | undefined {
  return byKind.get(kindOrResource) ?? byResource.get(kindOrResource);
}

/** The kind whose pages have this address. */
export function findResource(resource: string | undefined): KindInfo | undefined {
  return byResource.get(resource ?? "");
}
