import Button from "@mui/material/Button";
import Checkbox from "@mui/material/Checkbox";
import MuiLink from "@mui/material/Link";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { EmptyState } from "@/ui/EmptyState";
import { dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { ChangesTabs } from "./ChangesTabs";
import { filtersFrom, HistoryFilters } from "./HistoryFilters";
import { type Release, useReleases } from "./queries";
import { StateChip } from "./StateChip";
import { text } from "./text";

/** All releases: who applied what, when and why. */
export function HistoryPage() {
  const [chosen, setChosen] = useState<number[]>([]);
  const navigate = useNavigate();
  const [from, to] = [...chosen].sort((one, other) => one - other);
  const compare = (
    <Button
      variant="outlined"
      disabled={to === undefined}
      onClick={() => navigate(`/changes/compare?from=${from}&to=${to}`)}
    >
      {text.compareChosen}
    </Button>
  );
  return (
    <Page title={text.tabs.history} actions={compare}>
      <ChangesTabs />
      <HistoryFilters />
      <List chosen={chosen} onChoose={(number) => setChosen(toggled(chosen, number))} />
    </Page>
  );
}

/** The last two that were ticked. */
function toggled(chosen: number[], number: number): number[] {
  return chosen.includes(number) ? chosen.filter((one) => one !== number) : [...chosen.slice(-1), number];
}

interface Choosing {
  chosen: number[];
  onChoose: (number: number) => void;
}

function List({ chosen, onChoose }: Choosing) {
  const [params] = useSearchParams();
  const releases = useReleases(filtersFrom(params));
  const problem = releases.isError && <ProblemView error={releases.error} retry={() => releases.refetch()} />;
  if (!releases.data) return problem || <Loading />;
  const items = releases.data.pages.flatMap((page) => page.items);
  if (!items.length)
    return params.size ? (
      <EmptyState title={text.historyNone} />
    ) : (
      <EmptyState title={text.historyEmpty} hint={text.historyEmptyHint} />
    );
  return (
    <>
      {problem}
      <Stack component="ul" sx={{ listStyle: "none", m: 0, p: 0, gap: 1 }}>
        {items.map((release) => (
          <Row key={release.id} release={release} chosen={chosen} onChoose={onChoose} />
        ))}
      </Stack>
      {releases.hasNextPage && (
        <Button sx={{ mt: 2 }} loading={releases.isFetchingNextPage} onClick={() => releases.fetchNextPage()}>
          {text.more}
        </Button>
      )}
    </>
  );
}

function Row({ release, chosen, onChoose }: { release: Release } & Choosing) {
  const { number, reason, author } = release;
  return (
    <Paper component="li" sx={{ display: "flex", alignItems: "start", p: 1, gap: 1 }}>
      <Checkbox
        checked={chosen.includes(number)}
        disabled={!release.kept}
        onChange={() => onChoose(number)}
        slotProps={{ input: { "aria-label": text.choose(number) } }}
      />
      <Stack sx={{ minWidth: 0, flex: 1, overflowWrap: "anywhere", py: 0.5 }}>
        <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap", alignItems: "center" }}>
          <MuiLink component={Link} to={`/changes/releases/${release.id}`} sx={{ fontWeight: 600 }}>
            {text.release(number)}
          </MuiLink>
          <StateChip state={release.state} />
          <Typography variant="body2" color="textSecondary">
            {text.changesCount(release.changes_count)}
          </Typography>
        </Stack>
        {reason && (
          <Typography>
            <bdi>{reason}</bdi>
          </Typography>
        )}
        {release.rollback_of_number && (
          <Typography variant="body2">{text.rollbackOf(release.rollback_of_number)}</Typography>
        )}
        <Typography variant="body2" color="textSecondary">
          <bdi>{text.by(author, dateTime(release.created_at))}</bdi>
        </Typography>
      </Stack>
    </Paper>
  );
}
