/** The schemas of our OpenAPI description; only ever imported when a form needs them. */
import { components } from "@/api/openapi.json";
import type { Schemas } from "./schema";

export const schemas = components.schemas as unknown as Schemas;
