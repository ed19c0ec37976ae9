/**
 * What kinds of nodes there are, what they hold and where calls leave them: read out of the API's own description, so
 * that a kind which the backend gains appears here by itself.
 */
import type { Json } from "./types";

/** The part of JSON Schema that the API's description uses. */
export interface Schema {
  $ref?: string;
  type?: string;
  enum?: string[];
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
  required?: string[];
  title?: string;
  description?: string;
  default?: Json;
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  writeOnly?: boolean;
  /** The kind of object that this id names. */
  "x-object"?: string;
  /** On Destination: the kind of object that each kind of destination names. */
  "x-targets"?: Record<string, string>;
}

interface Operation {
  operationId?: string;
  requestBody?: { content?: Record<string, { schema?: Schema }> };
}

export interface ApiDescription {
  paths: Record<string, { post?: Operation }>;
  components: { schemas: Record<string, Schema> };
}

/** A way out of a node, as its schema has it. */
export interface PortShape {
  field: string;
  /** `one` destination, or one for each element of a `list` or each key of a `map`. */
  many: "one" | "list" | "map";
  /** Without a destination the API refuses the object. */
  required: boolean;
  help: string;
  /** Of a list: the field beside the destination that tells its elements apart, such as `digit`. */
  label?: string;
}

export interface NodeKind {
  kind: string;
  /** Its path in the API, such as `/api/v1/queues`. */
  path: string;
  /** Its name in scopes, such as `queues`. */
  resource: string;
  help: string;
  fields: Record<string, Schema>;
  required: ReadonlySet<string>;
  ports: PortShape[];
}

export interface Catalog {
  kinds: Record<string, NodeKind>;
  /** Kinds of destinations, with the kind of object they name; null: none, as for `hangup`. */
  destinations: Record<string, string | null>;
  /** A schema with its reference followed and its "or null" taken off. */
  resolve: (schema: Schema) => Schema;
  /** Is null a value of it? */
  nullable: (schema: Schema) => boolean;
}

const CREATES = /^create_(.+)$/;

export function readCatalog(api: ApiDescription): Catalog {
  const { schemas } = api.components;
  const follow = (schema: Schema): Schema => {
    const name = schema.$ref?.split("/").pop();
    return name ? { ...schemas[name], ...schema, $ref: undefined } : schema;
  };
  const resolve = (schema: Schema): Schema => {
    const whole = follow(schema);
    const one = whole.anyOf?.find(({ type }) => type !== "null");
    if (!one) return whole;
    const { anyOf: _, ...outer } = whole;
    return { ...follow(one), ...outer };
  };
  const nullable = (schema: Schema) => Boolean(follow(schema).anyOf?.some(({ type }) => type === "null"));
  const targets = schemas.Destination?.["x-targets"] ?? {};
  const destinations = Object.fromEntries(
    (schemas.DestinationKind?.enum ?? []).map((kind) => [kind, targets[kind] ?? null]),
  );
  const wanted = new Set(["phone_number", ...Object.values(targets)]);
  const kinds: Record<string, NodeKind> = {};
  for (const [path, { post }] of Object.entries(api.paths)) {
    const kind = CREATES.exec(post?.operationId ?? "")?.[1];
    const body = post?.requestBody?.content?.["application/json"]?.schema;
    if (!kind || !body || !wanted.has(kind)) continue;
    const schema = follow(body);
    const fields = schema.properties ?? {};
    const required = new Set(schema.required);
    kinds[kind] = {
      kind,
      path,
      resource: path.split("/").pop() ?? "",
      help: schema.description ?? "",
      fields,
      required,
      ports: Object.entries(fields).flatMap(([field, one]) => portShape(field, one, required.has(field))),
    };
  }

  /** A field that leads somewhere: a destination, or a list or map of things with a destination in them. */
  function portShape(field: string, schema: Schema, required: boolean): PortShape[] {
    const help = schema.description ?? "";
    if (isDestination(schema)) return [{ field, many: "one", required: required && !nullable(schema), help }];
    const whole = resolve(schema);
    const list = whole.items && leadsOn(whole.items);
    if (list) {
      const label = Object.keys(list).find((name) => name !== "destination");
      return [{ field, many: "list", required: true, help, label }];
    }
    const [value] = Object.values(whole.patternProperties ?? {});
    return value && leadsOn(value) ? [{ field, many: "map", required: false, help }] : [];
  }

  function leadsOn(schema: Schema): Record<string, Schema> | undefined {
    const { properties } = resolve(schema);
    return properties?.destination && isDestination(properties.destination) ? properties : undefined;
  }

  function isDestination(schema: Schema): boolean {
    return [schema, ...(schema.anyOf ?? [])].some(({ $ref }) => $ref?.endsWith("/Destination"));
  }

  return { kinds, destinations, resolve, nullable };
}

let loading: Promise<Catalog> | undefined;

/** The catalog of this build's API; its description is a file of its own, fetched when it is first needed. */
export function loadCatalog(): Promise<Catalog> {
  const [load] = Object.values(import.meta.glob<{ default: ApiDescription }>("/src/api/openapi.json"));
  loading ??= load ? load().then((file) => readCatalog(file.default)) : Promise.reject(new Error("no description"));
  return loading;
}

/** The kind of destination that leads to an object of this kind: `voicemail` for `voicemail_box`. */
export function destinationKindOf(catalog: Catalog, objectKind: string): string | undefined {
  return Object.keys(catalog.destinations).find((kind) => catalog.destinations[kind] === objectKind);
}
