import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Link from "@mui/material/Link";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { fetchFile } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { saveFile } from "@/ui/download";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { words } from "../text";
import { useReadiness, useSystem } from "./queries";
import { SettingsTable } from "./SettingsTable";

const labels = words.system;

export function SystemPage() {
  const system = useSystem();
  return (
    <Page title={labels.title} lead={labels.lead}>
      <Stack sx={{ gap: 2 }}>
        <Readiness />
        <Backup />
        <Block title={labels.docs}>
          <Link href="/docs" target="_blank" rel="noreferrer">
            {labels.api}
          </Link>
        </Block>
        {system.isPending && <Loading />}
        {system.isError && <ProblemView error={system.error} retry={() => system.refetch()} />}
        {system.data && (
          <Block title={labels.settings}>
            <Typography sx={{ mb: 1 }}>
              {labels.version} {system.data.version}. {labels.settingsBody}
            </Typography>
            {system.data.settings.length > 0 && <SettingsTable settings={system.data.settings} />}
          </Block>
        )}
      </Stack>
    </Page>
  );
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper sx={{ p: 2 }}>
      <Typography variant="h6" component="h2" sx={{ mb: 1 }}>
        {title}
      </Typography>
      {children}
    </Paper>
  );
}

function Readiness() {
  const { data: state, isPending, isError, error, refetch } = useReadiness();
  if (isPending) return <Loading />;
  if (isError) return <ProblemView error={error} retry={() => refetch()} />;
  const away = Object.values(state).some((one) => one !== "ok");
  const names: Record<string, string> = labels.dependency;
  return (
    <Block title={away ? labels.notReady : labels.ready}>
      <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap" }}>
        {Object.entries(state).map(([name, one]) => (
          <Chip
            key={name}
            variant="outlined"
            color={one === "ok" ? "success" : "error"}
            label={`${names[name] ?? name}: ${one === "ok" ? labels.ok : labels.away}`}
          />
        ))}
      </Stack>
      {!("redis" in state) && (
        <Typography variant="body2" color="textSecondary" sx={{ mt: 1 }}>
          {labels.redisNone}
        </Typography>
      )}
    </Block>
  );
}

function Backup() {
  const may = useMay();
  const { notifyProblem } = useDialogs();
  const fetchConfiguration = async () => saveFile(await fetchFile("/api/v1/config/export"), "configuration.yaml");
  return (
    <Block title={labels.backup}>
      <Alert severity="info" sx={{ mb: 1 }}>
        {labels.backupBody}
      </Alert>
      {may("config:read") && (
        <Button variant="outlined" onClick={() => fetchConfiguration().catch(notifyProblem)}>
          {labels.export}
        </Button>
      )}
    </Block>
  );
}
