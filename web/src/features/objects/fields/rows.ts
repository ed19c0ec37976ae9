/** How a row of a list in a form stands. */
export const ROW = { alignItems: "center", gap: 1, borderBottom: 1, borderColor: "divider", py: 0.5 } as const;
