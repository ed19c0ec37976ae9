import CloseIcon from "@mui/icons-material/Close";
import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import Tooltip from "@mui/material/Tooltip";
import Typography from "@mui/material/Typography";
import { Link } from "react-router";
import { useKept } from "@/session/preferences";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { useConfigStatus } from "../changes/queries";
import { useSetupProgress } from "../setup";
import { attention, type Item } from "./attention";
import { useNodes, useStatus, useUnheard } from "./queries";
import { text } from "./text";

interface Found {
  items: Item[];
  /** Everything was looked at: no item means that all is well. */
  sure: boolean;
  /** Something is being looked at for the first time. */
  pending: boolean;
  hide: () => void;
}

/** Looks at everything that may need attention, as far as this person may see it. */
export function useAttention(): Found {
  const mayPlan = useMay()("config:plan");
  const status = useStatus();
  const nodes = useNodes();
  const config = useConfigStatus();
  const unheard = useUnheard();
  const { hidden, known, hide } = useHiddenSetup();
  const setup = useSetupProgress(!hidden);
  const asked = [status, nodes, config, unheard, setup].filter(
    (query) => query.fetchStatus !== "idle" || query.data !== undefined,
  );
  const items = attention({
    status: status.data,
    nodes: nodes.data,
    config: config.data,
    unheard: unheard.data,
    setup: known && !hidden ? setup.data : undefined,
    mayPlan,
  });
  const sure = known && asked.every((query) => query.isSuccess);
  return { items, sure, pending: !known || asked.some((query) => query.isPending), hide };
}

/** What needs attention, each with the button that solves it. */
export function Attention({ items, sure, hide }: Found) {
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
            <One item={item} onHide={item.dismissible ? hide : undefined} />
          </li>
        ))}
      </Stack>
    </Stack>
  );
}

/** Whether this person wants to be led to the set-up guide; kept on the server. */
function useHiddenSetup() {
  const [hidden, keep, known] = useKept("home.setupHidden", (stored) => stored === true);
  const { notify, notifyProblem } = useDialogs();
  const hide = () => {
    keep(true).then(
      () => notify({ message: text.setupHidden, undo: () => keep(false).catch(notifyProblem) }),
      notifyProblem,
    );
  };
  return { hidden, known, hide };
}

function One({ item: { severity, words, path, button }, onHide }: { item: Item; onHide: (() => void) | undefined }) {
  return (
    <Alert
      severity={severity}
      role="note"
      sx={{ overflowWrap: "anywhere", "& .MuiAlert-message": { minWidth: 0, flex: 1 } }}
      action={
        <>
          <Button color="inherit" size="small" component={Link} to={path} sx={{ whiteSpace: "nowrap", minWidth: 0 }}>
            {button}
          </Button>
          {onHide && (
            <Tooltip title={text.hide}>
              <IconButton color="inherit" size="small" aria-label={text.hide} onClick={onHide}>
                <CloseIcon fontSize="small" />
              </IconButton>
            </Tooltip>
          )}
        </>
      }
    >
      {words}
    </Alert>
  );
}
