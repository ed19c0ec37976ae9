import Button from "@mui/material/Button";
import MuiLink from "@mui/material/Link";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { EmptyState } from "@/ui/EmptyState";
import { phoneNumber } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ParamField } from "@/ui/ParamField";
import { ProblemView } from "@/ui/ProblemView";
import { text as words } from "@/ui/text";
import { GenerateDialog } from "./GenerateDialog";
import { PolicySelect } from "./PolicySelect";
import { type FlowTest, type Run, useFlowTests, useLastRun, useMayRun, useStartRun } from "./queries";
import { RunView } from "./RunView";
import { text } from "./text";

/** All flow tests, what they mean for an apply, and how they went last. */
export function FlowTestsPage() {
  const mayWrite = useMay()("flow-tests:write");
  const mayRun = useMayRun();
  const last = useLastRun();
  const [generating, setGenerating] = useState(false);
  const actions = mayWrite && (
    <>
      <Button onClick={() => setGenerating(true)}>{text.tests.generate}</Button>
      <Button variant="contained" component={Link} to="/flow-tests/new">
        {text.tests.add}
      </Button>
    </>
  );
  return (
    <Page title={text.tests.title} lead={text.tests.lead} actions={actions}>
      <PolicySelect />
      {mayRun && <RunAll last={last.data ?? null} />}
      <Tests results={last.data?.results ?? []} onGenerate={mayWrite ? () => setGenerating(true) : undefined} />
      {generating && <GenerateDialog onClose={() => setGenerating(false)} />}
    </Page>
  );
}

function RunAll({ last }: { last: Run | null }) {
  const tests = useFlowTests("");
  const start = useStartRun();
  const { notifyProblem } = useDialogs();
  if (!tests.data?.pages[0]?.items.length) return null;
  return (
    <Stack sx={{ my: 2, gap: 1 }}>
      {last && <RunView run={last} />}
      <Button
        variant="outlined"
        sx={{ alignSelf: "start" }}
        loading={start.isPending || (last !== null && last.finished_at === null)}
        onClick={() => start.mutate({ source: "draft" }, { onError: notifyProblem })}
      >
        {text.tests.runAll}
      </Button>
    </Stack>
  );
}

interface TestsProps {
  results: Run["results"];
  onGenerate: (() => void) | undefined;
}

function Tests({ results, onGenerate }: TestsProps) {
  const [params] = useSearchParams();
  const q = params.get("q") ?? "";
  const tests = useFlowTests(q);
  const problem = tests.isError && <ProblemView error={tests.error} retry={() => tests.refetch()} />;
  if (!tests.data) return problem || <Loading />;
  const items = tests.data.pages.flatMap((page) => page.items);
  if (!items.length && !q)
    return (
      <EmptyState
        title={text.tests.empty}
        hint={text.tests.emptyHint}
        action={
          onGenerate && (
            <Button variant="contained" onClick={onGenerate}>
              {text.tests.generate}
            </Button>
          )
        }
      />
    );
  return (
    <>
      {problem}
      <ParamField name="q" type="search" label={words.actions.search} sx={{ mb: 2, maxWidth: 360, width: "100%" }} />
      {!items.length && <EmptyState title={text.tests.none} />}
      <Stack component="ul" sx={{ listStyle: "none", m: 0, p: 0, gap: 1 }}>
        {items.map((test) => (
          <Row key={test.id} test={test} result={results.find(({ id }) => id === test.id)} />
        ))}
      </Stack>
      {tests.hasNextPage && (
        <Button sx={{ mt: 2 }} loading={tests.isFetchingNextPage} onClick={() => tests.fetchNextPage()}>
          {text.tests.more}
        </Button>
      )}
    </>
  );
}

function Row({ test, result }: { test: FlowTest; result: Run["results"][number] | undefined }) {
  const { given, expect } = test;
  return (
    <Paper component="li" sx={{ p: 1.5, overflowWrap: "anywhere" }}>
      <MuiLink component={Link} to={`/flow-tests/${test.id}`} sx={{ fontWeight: 600 }}>
        <bdi>{test.name}</bdi>
      </MuiLink>
      <Typography variant="body2" color="textSecondary">
        {phoneNumber(given.caller)} {text.tests.calls(phoneNumber(given.number))}
        {expect.ends && ` → ${text.outcomes[expect.ends]}`}
        {result && (
          <Typography component="span" variant="body2" color={result.passed ? "success" : "error"}>
            {" · "}
            {result.passed ? text.runs.passed : text.runs.failedOne}
          </Typography>
        )}
      </Typography>
    </Paper>
  );
}
