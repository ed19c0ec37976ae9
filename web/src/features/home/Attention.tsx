import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Link } from "react-router";
import { useMay } from "@/session/SessionProvider";
import { useConfigStatus } from "../changes/queries";
import { attention, type Item } from "./attention";
import { useNodes, useStatus, useUnheard } from "./queries";
import { text } from "./text";

/** What needs attention, each with the button that solves it. */
export function Attention() {
  const mayPlan = useMay()("config:plan");
  const status = useStatus();
  const nodes = useNodes();
  const config = useConfigStatus();
  const unheard = useUnheard();
  const asked = [status, nodes, config, unheard].filter(
    (query) => query.fetchStatus !== "idle" || query.data !== undefined,
  );
  const known = { status: status.data, nodes: nodes.data, config: config.data, unheard: unheard.data, mayPlan };
  const items = attention(known);
  const sure = asked.every((query) => query.isSuccess);
  if (!items.length && !sure) return null;
  return (
    <Stack component="section" aria-label={text.attention} sx={{ gap: 1, mb: 2 }}>
      {items.length > 0 ? (
        <Typography variant="h6" component="h2">
          {text.attention}
        </Typography>
      ) : (
        <Alert severity="success" role="note">
          {text.allWell}
        </Alert>
      )}
      <Stack component="ul" sx={{ listStyle: "none", m: 0, p: 0, gap: 1 }}>
        {items.map((item) => (
          <li key={item.key}>
            <One item={item} />
          </li>
        ))}
      </Stack>
    </Stack>
  );
}

function One({ item: { severity, words, path, button } }: { item: Item }) {
  return (
    <Alert
      severity={severity}
      role="note"
      sx={{ overflowWrap: "anywhere", "& .MuiAlert-message": { minWidth: 0, flex: 1 } }}
      action={
        <Button color="inherit" size="small" component={Link} to={path} sx={{ whiteSpace: "nowrap" }}>
          {button}
        </Button>
      }
    >
      {words}
    </Alert>
  );
}
