import Button from "@mui/material/Button";
import FormControlLabel from "@mui/material/FormControlLabel";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import Switch from "@mui/material/Switch";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useSearchParams } from "react-router";
import { useMay } from "@/session/SessionProvider";
import { AT_ONCE } from "@/ui/address";
import { EmptyState } from "@/ui/EmptyState";
import { dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { ChangeList } from "./ChangeList";
import { ChangesTabs } from "./ChangesTabs";
import { FileDiffs } from "./FileDiffs";
import { useComparison, useReleases } from "./queries";
import { Section } from "./Section";
import { text } from "./text";

/** Any two states of the configuration side by side. */
export function ComparePage() {
  const may = useMay();
  const [params, setParams] = useSearchParams();
  const from = params.get("from") ?? "live";
  const to = params.get("to") ?? "draft";
  const files = params.get("files") === "yes" && may("config:plan");
  function set(next: Record<string, string>) {
    setParams({ from, to, ...(files && { files: "yes" }), ...next }, AT_ONCE);
  }
  return (
    <Page title={text.tabs.compare} lead={text.compareLead}>
      <ChangesTabs />
      <Stack direction="row" sx={{ gap: 2, flexWrap: "wrap", mb: 2, alignItems: "center" }}>
        <Side label={text.compare.from} value={from} onChange={(value) => set({ from: value })} />
        <Side label={text.compare.to} value={to} onChange={(value) => set({ to: value })} />
        <Button onClick={() => set({ from: to, to: from })}>{text.compare.swap}</Button>
        {may("config:plan") && (
          <FormControlLabel
            control={<Switch checked={files} onChange={(_, on) => set({ files: on ? "yes" : "no" })} />}
            label={text.showFiles}
          />
        )}
      </Stack>
      <Differences from={from} to={to} files={files} />
    </Page>
  );
}

function Side({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const releases = useReleases({}, 100);
  const known = releases.data?.pages.flatMap((page) => page.items).filter(({ kept }) => kept) ?? [];
  const named = value === "draft" || value === "live" || known.some(({ number }) => String(number) === value);
  return (
    <TextField
      select
      label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      sx={{ flex: "1 1 200px", maxWidth: 360, minWidth: 0 }}
    >
      <MenuItem value="draft">{text.compare.draft}</MenuItem>
      <MenuItem value="live">{text.compare.live}</MenuItem>
      {!named && <MenuItem value={value}>{text.release(Number(value))}</MenuItem>}
      {known.map(({ number, created_at, reason }) => (
        <MenuItem key={number} value={String(number)}>
          <Typography noWrap sx={{ maxWidth: 320 }}>
            {text.release(number)}, {dateTime(created_at)} <bdi>{reason}</bdi>
          </Typography>
        </MenuItem>
      ))}
    </TextField>
  );
}

function Differences({ from, to, files }: { from: string; to: string; files: boolean }) {
  const comparison = useComparison(from, to, files);
  if (comparison.isLoadingError) return <ProblemView error={comparison.error} retry={() => comparison.refetch()} />;
  if (!comparison.data) return <Loading />;
  const { changes, files: found } = comparison.data;
  return (
    <>
      {changes.length ? (
        <Section title={`${text.what} (${changes.length.toLocaleString("en-US")})`}>
          <ChangeList changes={changes} />
        </Section>
      ) : (
        <EmptyState title={text.compare.same} />
      )}
      {found && <FileDiffs files={found} />}
    </>
  );
}
