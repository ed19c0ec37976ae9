import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";

interface CardProps {
  title: string;
  /** Where more of it is. */
  more?: { path: string; label: string } | undefined;
  children: ReactNode;
}

/** One part of the home page. */
export function Card({ title, more, children }: CardProps) {
  return (
    <Paper component="section" aria-label={title} sx={{ p: 2 }}>
      <Stack direction="row" sx={{ alignItems: "center", gap: 1, mb: 1, minHeight: 36 }}>
        <Typography variant="h6" component="h2" sx={{ flex: 1 }}>
          {title}
        </Typography>
        {more && (
          <Button size="small" component={Link} to={more.path}>
            {more.label}
          </Button>
        )}
      </Stack>
      {children}
    </Paper>
  );
}

/** What a query found; an error shows also where older data is there: old figures are not passed off as new. */
export function Found<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  const problem = query.isError && <ProblemView error={query.error} retry={() => query.refetch()} />;
  if (query.data === undefined) return problem || <Loading />;
  return (
    <>
      {problem}
      {children(query.data)}
    </>
  );
}
