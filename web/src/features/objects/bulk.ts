/** Changes of many objects, a few at a time. */
import { type ApiProblem, asProblem } from "@/api/problem";

export interface Failure<Row> {
  row: Row;
  problem: ApiProblem;
}

const AT_ONCE = 4;

/** Does `change` to each row; what the API refuses is told and stops nothing else. */
export async function applyToAll<Row>(rows: Row[], change: (row: Row) => Promise<unknown>): Promise<Failure<Row>[]> {
  const failures: Failure<Row>[] = [];
  const waiting = [...rows];
  async function work() {
    for (let row = waiting.shift(); row; row = waiting.shift())
      try {
        await change(row);
      } catch (error) {
        failures.push({ row, problem: asProblem(error) });
      }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failures;
}
