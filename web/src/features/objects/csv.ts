/** Import of tables: checked first, then done; large ones in the background. */
import { api, data, type Schemas } from "@/api/client";

export type ImportResult = Schemas["ImportRead"];
type Job = Schemas["ImportJobRead"];
export type OnExisting = "update" | "skip";

const WAIT_S = 2;

/**
 * Sends a table; waits for imports in the background.
 *
 * @param progress is told the share that is done, 0 to 1.
 * @returns what it did, or would do; with `ok: false` the problems by row and column.
 * @throws ApiProblem it can't be read, or failed.
 */
export async function sendTable(
  resource: string,
  file: File,
  options: { dry_run: boolean; on_existing: OnExisting },
  progress: (share: number) => void,
): Promise<ImportResult> {
  const path = `/api/v1/${resource}/import` as "/api/v1/devices/import";
  const answer = await data(
    api.POST(path, {
      params: { query: options },
      body: file as unknown as string, // the description calls binary bodies strings
      bodySerializer: (body: unknown) => body as Blob,
      headers: { "Content-Type": "text/csv" },
    }),
  );
  return "state" in answer ? await follow(answer, progress) : answer;
}

async function follow(job: Job, progress: (share: number) => void): Promise<ImportResult> {
  let now = job;
  while (now.state === "waiting" || now.state === "running") {
    progress(now.total ? now.done / now.total : 0);
    const params = { path: { import_id: now.id }, query: { wait_s: WAIT_S } };
    now = await data(api.GET("/api/v1/config/imports/{import_id}", { params }));
  }
  if (now.result) return now.result;
  throw new Error(now.detail);
}
