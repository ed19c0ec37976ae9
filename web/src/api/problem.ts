/** Problem documents (RFC 9457) as the API sends them. */
export interface ProblemDocument {
  title: string;
  detail: string;
  hint: string;
  slug: string;
  errors?: { field: string; message: string }[];
}

/** What the API refused and what to do about it; status 0: it can't be reached. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly problem: ProblemDocument,
    readonly retryAfterS?: number,
  ) {
    super(problem.detail || problem.title);
  }

  /** Messages by field path, such as `members.0.penalty`. */
  get fields(): Record<string, string> {
    return Object.fromEntries((this.problem.errors ?? []).map(({ field, message }) => [field, message]));
  }
}

export async function problemFrom(response: Response): Promise<ApiProblem> {
  const retryAfter = Number(response.headers.get("Retry-After")) || undefined;
  try {
    const body = (await response.json()) as Partial<ProblemDocument>;
    return new ApiProblem(
      response.status,
      { title: "It can't be done", detail: "", hint: "", slug: "error", ...body },
      retryAfter,
    );
  } catch {
    const hint = "Try again in a moment. If it stays so, the server's log tells more.";
    return new ApiProblem(
      response.status,
      { title: `The server answered ${response.status}`, detail: "", hint, slug: "error" },
      retryAfter,
    );
  }
}

export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiProblem(-1, { title: "The page failed", detail, hint: "Reload the page.", slug: "page" });
}
