import type { ApiProblem } from "@/api/problem";

/** Messages by `<section>.<field>`, such as `extensions.number`, from `extensions/Front desk.number`. */
export function fieldsOf(problem: ApiProblem): Record<string, string> {
  return Object.fromEntries(
    Object.entries(problem.fields).map(([path, message]) => [path.replace(/\/.*\./, "."), message]),
  );
}
