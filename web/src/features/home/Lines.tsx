import Box from "@mui/material/Box";
import MuiLink from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useMay } from "@/session/SessionProvider";
import { Card, Found } from "./Card";
import { useMaySeeNodes, useNodes, useStatus } from "./queries";
import { text } from "./text";

/** How trunks, phones and, for installation admins, nodes are. */
export function Lines() {
  const may = useMay();
  const status = useStatus();
  const nodes = useNodes();
  const maySeeNodes = useMaySeeNodes();
  return (
    <Card title={text.lines}>
      <Found query={status}>
        {({ trunks, devices }) => (
          <Rows>
            {may("trunks:read") && !trunks.length && (
              <Typography component="li" color="textSecondary">
                {text.noTrunks}
              </Typography>
            )}
            {trunks.map(({ id, name, enabled, state }) => (
              <Row
                key={id}
                name={name}
                path={`/config/trunks/${id}`}
                good={!enabled || state === "up"}
                state={enabled ? text.trunkStates[state] : text.off}
              />
            ))}
            {devices.enabled > 0 && (
              <Typography component="li">{text.phones(devices.registered, devices.enabled)}</Typography>
            )}
          </Rows>
        )}
      </Found>
      {maySeeNodes && (
        <>
          <Typography variant="body2" component="h3" sx={{ fontWeight: 600, mt: 1.5, mb: 0.5 }}>
            {text.nodes}
          </Typography>
          <Found query={nodes}>
            {(found) => (
              <Rows>
                {found.map(({ id, name, state, active_calls }) => (
                  <Row
                    key={id}
                    name={name}
                    path="/admin/nodes"
                    good={state === "up" || state === "disabled"}
                    state={
                      state === "up" ? `${text.nodeStates.up}, ${text.nodeCalls(active_calls)}` : text.nodeStates[state]
                    }
                  />
                ))}
              </Rows>
            )}
          </Found>
        </>
      )}
    </Card>
  );
}

function Rows({ children }: { children: ReactNode }) {
  return (
    <Stack component="ul" sx={{ listStyle: "none", m: 0, p: 0, gap: 0.75 }}>
      {children}
    </Stack>
  );
}

interface RowProps {
  name: string;
  path: string;
  good: boolean;
  state: string;
}

function Row({ name, path, good, state }: RowProps) {
  return (
    <Box component="li" sx={{ display: "flex", gap: 1 }}>
      <MuiLink component={Link} to={path} sx={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}>
        <bdi>{name}</bdi>
      </MuiLink>
      <Typography color={good ? "success" : "error"}>{state}</Typography>
    </Box>
  );
}
