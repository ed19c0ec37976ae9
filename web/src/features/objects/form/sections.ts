/** The order of a form: its headings and the fields below them. */
import type { KindInfo } from "../kinds";
import type { FieldSpec } from "../schema";
import { text } from "../text";

export interface Section {
  title: string;
  fields: FieldSpec[];
}

/** Every field once, by heading. A made-up secret is asked for only at birth: afterwards it is made anew. */
export function sectionsOf(info: KindInfo, fields: FieldSpec[], isNew: boolean): Section[] {
  const shown = fields.filter(({ name }) => isNew || name !== info.secret);
  const byName = new Map(shown.map((field) => [field.name, field]));
  const sections = info.sections.map(({ title, fields: names }) => ({
    title,
    fields: names.flatMap((name) => byName.get(name) ?? []),
  }));
  const named = new Set(info.sections.flatMap((section) => section.fields));
  const rest = shown.filter(({ name }) => !named.has(name));
  return [...sections, { title: text.form.moreSection, fields: rest }].filter((section) => section.fields.length > 0);
}
