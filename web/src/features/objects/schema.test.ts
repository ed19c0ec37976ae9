import { describe, expect, it } from "vitest";
import { schemas } from "./description";
import { sectionsOf } from "./form/sections";
import { GROUPS } from "./groups";
import { kindOf } from "./kinds";
import { KINDS } from "./kindTable";
import { labels } from "./labels";
import { fieldsOf, inWords } from "./schema";

const field = (kind: string, name: string) => {
  const info = kindOf(kind);
  const found = fieldsOf(schemas, info.resource, `${info.schema}Create`).find((one) => one.name === name);
  if (!found) throw new Error(`${kind} has no ${name}`);
  return found;
};

describe.each(KINDS.map((info) => [info.resource, info] as const))("the form of %s", (resource, info) => {
  const fields = fieldsOf(schemas, resource, `${info.schema}Create`);

  it("has every field of the API once, under a heading of its own, with a label", () => {
    const sections = sectionsOf(info, fields, true);
    const shown = sections.flatMap((section) => section.fields.map(({ name }) => name));
    expect(shown.toSorted()).toEqual(fields.map(({ name }) => name).toSorted());
    expect(sections.map(({ title }) => title)).not.toContain("More");
    for (const { name } of fields) expect(labels, name).toHaveProperty([name]);
  });

  it("names columns and filters that there are", () => {
    const known = [...fields.map(({ name }) => name), "updated_at", "registered", "state"];
    for (const name of [...info.columns, ...(info.more ?? []), ...(info.filters ?? [])]) expect(known).toContain(name);
  });

  it("stands in the menu", () => {
    expect(GROUPS.filter(({ resources }) => resources.includes(resource))).toHaveLength(1);
  });
});

describe("a field", () => {
  it("knows its type, its range and what it names", () => {
    expect(field("queue", "max_wait_s")).toMatchObject({ type: "integer", minimum: 1, maximum: 3600, initial: 300 });
    expect(field("queue", "overflow")).toMatchObject({ type: "Destination", required: true, nullable: false });
    expect(field("queue", "whisper")).toMatchObject({ type: "Spoken", nullable: true, initial: null });
    expect(field("queue", "strategy")).toMatchObject({ type: "enum", initial: "ringall" });
    expect(field("ring_group", "extension_ids")).toMatchObject({ type: "references", object: "extension" });
    expect(field("device", "secret")).toMatchObject({ type: "password", nullable: true });
    expect(field("time_condition", "open_hours").type).toBe("OpeningSpan[]");
  });

  it("speaks of other fields by their labels", () => {
    expect(inWords("queues", "After max_wait_s, when ``full``.")).toBe("After “Longest wait”, when full.");
  });
});
