import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { useMay } from "@/session/SessionProvider";
import { dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { ChangeList } from "./ChangeList";
import { ProblemList } from "./ProblemList";
import { type Release, useRelease } from "./queries";
import { ReleaseProgress } from "./ReleaseProgress";
import { RollBackDialog } from "./RollBackDialog";
import { Section } from "./Section";
import { text } from "./text";

/** One release: how it went or goes, what it changed, and the way back to it. */
export function ReleasePage() {
  const { id = "" } = useParams();
  const release = useRelease(id);
  if (release.isLoadingError) return <ProblemView error={release.error} retry={() => release.refetch()} />;
  if (!release.data) return <Loading />;
  return <Shown release={release.data} />;
}

function Shown({ release }: { release: Release }) {
  const { number, author, created_at, changes, problems } = release;
  return (
    <Page
      title={text.release(number)}
      lead={text.by(author, dateTime(created_at))}
      actions={<Actions release={release} />}
    >
      {release.reason && (
        <Typography sx={{ mb: 2, overflowWrap: "anywhere" }}>
          <bdi>{release.reason}</bdi>
        </Typography>
      )}
      {!release.kept && (
        <Alert severity="info" role="note" sx={{ mb: 2 }}>
          {text.notKept}
        </Alert>
      )}
      <ReleaseProgress release={release} />
      {problems.length > 0 && (
        <Section title={text.checks}>
          <ProblemList problems={problems} />
        </Section>
      )}
      <Section title={`${text.what} (${changes.length.toLocaleString("en-US")})`}>
        <ChangeList changes={changes} />
      </Section>
    </Page>
  );
}

function Actions({ release }: { release: Release }) {
  const may = useMay();
  const [asked, setAsked] = useState(false);
  const past = release.kept && release.state !== "live" && release.state !== "applying";
  return (
    <>
      <Button component={Link} to="/changes/history">
        {text.tabs.history}
      </Button>
      {past && (
        <Button component={Link} to={`/changes/compare?from=${release.number}&to=live`}>
          {text.compareLive}
        </Button>
      )}
      {past && may("config:apply") && (
        <Button variant="outlined" onClick={() => setAsked(true)}>
          {text.rollBack}
        </Button>
      )}
      {asked && <RollBackDialog release={release} onClose={() => setAsked(false)} />}
    </>
  );
}
