/** What the steps make goes through the import of files: each step is one transaction, all of it or nothing. */
import { api, data, fetchFile, type Schemas } from "@/api/client";
import { ApiProblem } from "@/api/problem";

export type Imported = Schemas["ImportRead"];

/** Takes a file in. JSON is YAML, too: what people typed can't become anything else than text. */
export async function importDraft(content: string, options: { dry_run?: boolean; prune?: boolean } = {}) {
  const answer = await data(
    api.POST("/api/v1/config/import", {
      params: { query: options, header: { "content-type": "application/yaml" } },
      body: content,
      bodySerializer: (body: string) => body,
      headers: { "Content-Type": "application/yaml" },
    }),
  );
  if ("ok" in answer) return answer;
  throw new ApiProblem(202, {
    title: "The import goes on in the background",
    detail: "It is too large for this page to wait.",
    hint: "Look at the objects in a moment.",
    slug: "later",
  });
}

/** Objects in the shape of docs/reference/configuration-format.md. */
export function importObjects(tree: Record<string, unknown[]>): Promise<Imported> {
  return importDraft(JSON.stringify({ format: 1, ...tree }));
}

/** The whole draft as it is now, to come back to. */
export async function currentDraft(): Promise<string> {
  return (await fetchFile("/api/v1/config/export")).text();
}
