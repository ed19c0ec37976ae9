/** Small operations on the lists of a form; none changes what it is given. */

/** The list with one row a step up (-1) or down (1); at the ends it stays. */
export function moved<Row>(rows: Row[], at: number, step: 1 | -1): Row[] {
  const row = rows[at];
  const to = at + step;
  if (row === undefined || to < 0 || to >= rows.length) return rows;
  return rows.toSpliced(at, 1).toSpliced(to, 0, row);
}

/** The list with one row otherwise. */
export function replaced<Row>(rows: Row[], at: number, row: Row): Row[] {
  return rows.map((old, index) => (index === at ? row : old));
}

/** The list in portions of at most `size`; rows that are added at its end leave earlier portions as they are. */
export function portionsOf<Row>(rows: Row[], size: number): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, at) => rows.slice(at * size, (at + 1) * size));
}
