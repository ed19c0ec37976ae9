import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { groupsOf } from "./scopes";

/** Rights in words, to read. */
export function ScopeList({ scopes }: { scopes: readonly string[] }) {
  return (
    <Box sx={{ display: "grid", gap: 2, gridTemplateColumns: "repeat(auto-fit, minmax(220px, 1fr))" }}>
      {groupsOf(scopes).map(({ name, rights }) => (
        <div key={name}>
          <Typography sx={{ fontWeight: 600 }}>{name}</Typography>
          {rights.map(({ scope, label }) => (
            <Typography key={scope} variant="body2" color="textSecondary">
              {label}
            </Typography>
          ))}
        </div>
      ))}
    </Box>
  );
}
