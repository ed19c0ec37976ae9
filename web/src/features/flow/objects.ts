/** Objects of any kind by REST. All kinds have the same routes: the types of one stand for all. */
import { api, type Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { Catalog } from "@/flow/document/catalog";
import type { Fields, Json, SavedObject } from "@/flow/document/types";

type Many = "/api/v1/queues";
type One = "/api/v1/queues/{object_id}";

export interface ObjectRead {
  id: string;
  name: string;
  version: number;
  number?: string | null;
  location_id: string | null;
  [field: string]: Json | undefined;
}

function pathOf(catalog: Catalog, kind: string): Many {
  const path = catalog.kinds[kind]?.path;
  if (!path) throw new Error(`the API has no ${kind}`);
  return path as Many;
}

function asSaved(read: unknown): SavedObject {
  const { version, ...fields } = read as ObjectRead;
  return { version, fields: fields as Fields };
}

/** Reads an object; null: not there, or not for this person. */
export async function readObject(catalog: Catalog, kind: string, id: string): Promise<SavedObject | null> {
  try {
    const path = `${pathOf(catalog, kind)}/{object_id}` as One;
    return asSaved((await api.GET(path, { params: { path: { object_id: id } } })).data);
  } catch (error) {
    if (error instanceof ApiProblem && [403, 404].includes(error.status)) return null;
    throw error;
  }
}

/** A page of objects, or some of them by id. */
export async function listObjects(
  catalog: Catalog,
  kind: string,
  query: { q?: string; ids?: string[]; cursor?: string; limit?: number; location_id?: string; sort?: string },
): Promise<{ items: ObjectRead[]; next_cursor: string | null }> {
  const { data } = await api.GET(pathOf(catalog, kind), { params: { query } });
  return data as unknown as { items: ObjectRead[]; next_cursor: string | null };
}

/** Creates an object. Secrets that the API made up are in the fields, this once. */
export async function createObject(
  catalog: Catalog,
  kind: string,
  fields: Fields,
): Promise<SavedObject & { id: string }> {
  const { data } = await api.POST(pathOf(catalog, kind), { body: fields as unknown as Schemas["QueueCreate"] });
  return { id: (data as unknown as ObjectRead).id, ...asSaved(data) };
}

/** Changes an object that is still as `version` was; 412 says who was faster. */
export async function changeObject(
  catalog: Catalog,
  kind: string,
  id: string,
  changes: Fields,
  version: number,
): Promise<SavedObject> {
  const path = `${pathOf(catalog, kind)}/{object_id}` as One;
  const { data } = await api.PATCH(path, {
    params: { path: { object_id: id }, header: { "if-match": `"${version}"` } },
    body: changes as Schemas["QueuePatch"],
  });
  return asSaved(data);
}
