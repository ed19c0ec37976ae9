/** Forms are made from the API's own description: types, ranges, choices and what a field is for. */
import { help, labels, values } from "./labels";

/** The part of JSON Schema that the description uses. */
export interface JsonSchema {
  $ref?: string;
  type?: string;
  anyOf?: JsonSchema[];
  enum?: string[];
  const?: string;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  default?: unknown;
  description?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  maxLength?: number;
  "x-object"?: string;
}

export type Schemas = Record<string, JsonSchema>;

export interface FieldSpec {
  name: string;
  /**
   * Which editor it takes: a basic type (`boolean integer string enum enums strings password reference references`), or the
   * name of the description's schema, such as `Destination` or `IvrOption[]`.
   */
  type: string;
  label: string;
  help: string;
  required: boolean;
  /** May be null, which means something of its own. */
  nullable: boolean;
  initial: unknown;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  maxLength?: number;
  choices?: string[];
  /** The kind that it names. */
  object?: string;
}

/** The label of a field, and of a value of a field, in words for people. */
export function labelOf(resource: string, field: string): string {
  return labels[`${resource}.${field}`] ?? labels[field] ?? field.replace(/_/g, " ");
}

export function valueLabel(field: string, value: string): string {
  return values[`${field}.${value}`] ?? values[value] ?? value;
}

/** Descriptions speak of other fields by name: a form shows their labels in place of them. */
export function inWords(resource: string, description: string): string {
  return description
    .replace(/`+/g, "")
    .replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (word) => (labels[word] ? `“${labelOf(resource, word)}”` : word));
}

const refName = (schema: JsonSchema) => schema.$ref?.split("/").pop();

function typeOf(schemas: Schemas, schema: JsonSchema): string {
  const name = refName(schema);
  const target = name ? schemas[name] : undefined;
  if (target?.enum) return "enum";
  if (name) return name;
  if (schema.enum || schema.const !== undefined) return "enum";
  if (schema["x-object"]) return "reference";
  if (schema.format === "password") return "password";
  if (schema.type === "array") {
    const item = schema.items ?? {};
    const itemType = typeOf(schemas, item);
    return { reference: "references", string: "strings", enum: "enums" }[itemType] ?? `${itemType}[]`;
  }
  return schema.type ?? "unknown";
}

function choicesOf(schemas: Schemas, schema: JsonSchema): string[] | undefined {
  const target = schemas[refName(schema) ?? ""] ?? schema;
  if (target.const !== undefined) return [target.const];
  return target.enum ?? (schema.items ? choicesOf(schemas, schema.items) : undefined);
}

/** What a form shows for one field. */
export function fieldSpec(
  schemas: Schemas,
  resource: string,
  name: string,
  property: JsonSchema,
  required: boolean,
): FieldSpec {
  const nullable = property.anyOf?.some(({ type }) => type === "null") ?? false;
  const core = property.anyOf?.find(({ type }) => type !== "null") ?? property;
  return {
    name,
    type: name === "location_id" ? "location" : name === "timezone" ? "timezone" : typeOf(schemas, core),
    label: labelOf(resource, name),
    help:
      help[`${resource}.${name}`] ?? help[name] ?? inWords(resource, property.description ?? core.description ?? ""),
    required,
    nullable,
    initial: property.default ?? null,
    minimum: core.minimum,
    maximum: core.maximum,
    maxItems: core.maxItems,
    maxLength: core.maxLength,
    choices: choicesOf(schemas, core),
    object: core["x-object"] ?? core.items?.["x-object"],
  };
}

/** The fields of a schema, in its own order. */
export function fieldsOf(schemas: Schemas, resource: string, schemaName: string): FieldSpec[] {
  const schema = schemas[schemaName];
  if (!schema?.properties) throw new Error(`the API describes no ${schemaName}`);
  const required = new Set(schema.required);
  return Object.entries(schema.properties).map(([name, property]) =>
    fieldSpec(schemas, resource, name, property, required.has(name)),
  );
}
