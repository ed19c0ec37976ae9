import Link from "@mui/material/Link";
import List from "@mui/material/List";
import ListItem from "@mui/material/ListItem";
import Typography from "@mui/material/Typography";
import { Link as RouterLink } from "react-router";
import type { ApiProblem } from "@/api/problem";
import { findKind } from "./kinds";
import { text } from "./text";

/** Why the API refused to delete something: who uses it, each with its page. */
export function InUse({ problem, onLeave }: { problem: ApiProblem; onLeave: () => void }) {
  const users = problem.problem.errors ?? [];
  return (
    <>
      <Typography>{users.length ? text.inUse.body : problem.message}</Typography>
      <List dense>
        {users.map(({ field, message }) => {
          const [kind = "", id = ""] = field.split(".");
          const info = findKind(kind);
          return (
            <ListItem key={field} disableGutters>
              {info ? (
                <Link component={RouterLink} to={`/config/${info.resource}/${id}`} onClick={onLeave}>
                  <bdi>{message}</bdi>
                </Link>
              ) : (
                <bdi>{message}</bdi>
              )}
            </ListItem>
          );
        })}
      </List>
    </>
  );
}
