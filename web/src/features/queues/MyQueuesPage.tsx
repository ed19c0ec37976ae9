import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { EmptyState } from "@/ui/EmptyState";
import { duration } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { useNow } from "@/ui/useNow";
import { longestWait } from "./levels";
import { MemberChip } from "./MemberChip";
import { MemberMenu } from "./MemberMenu";
import { type LiveMember, type LiveQueue, type MemberAction, useLiveQueues, useMemberOrder } from "./queries";
import { text } from "./text";

/** The queues one takes calls of. */
export function MyQueuesPage() {
  const queues = useLiveQueues(null, true);
  const now = useNow();
  const order = useMemberOrder();
  const items = queues.data?.items ?? [];

  /** One after the other: each waits for its queue's Asterisk. */
  async function all(action: MemberAction) {
    for (const queue of items)
      if (fits(queue, action)) await order.mutateAsync({ queueId: queue.id, extensionId: null, action });
  }

  const actions = items.length > 1 && (
    <>
      <Button disabled={order.isPending || !items.some((queue) => fits(queue, "log-in"))} onClick={() => all("log-in")}>
        {text.mine.logInAll}
      </Button>
      <Button
        disabled={order.isPending || !items.some((queue) => fits(queue, "log-out"))}
        onClick={() => all("log-out")}
      >
        {text.mine.logOutAll}
      </Button>
    </>
  );
  return (
    <Page title={text.mine.title} lead={text.mine.lead} actions={actions}>
      {queues.isPending && <Loading />}
      {queues.isError && <ProblemView error={queues.error} retry={() => queues.refetch()} />}
      {queues.data && !items.length && <EmptyState title={text.mine.empty} hint={text.mine.emptyHint} />}
      <Stack sx={{ gap: 2 }}>
        {items.map((queue) => (
          <MyQueue key={queue.id} queue={queue} now={now} />
        ))}
      </Stack>
    </Page>
  );
}

const me = (queue: LiveQueue): LiveMember | undefined => queue.members.find(({ mine }) => mine);

function fits(queue: LiveQueue, action: MemberAction): boolean {
  return (me(queue)?.state === "logged_out") === (action === "log-in");
}

function MyQueue({ queue, now }: { queue: LiveQueue; now: number }) {
  const member = me(queue);
  const order = useMemberOrder();
  if (!member) return null;
  const out = member.state === "logged_out";
  const paused = member.reason !== "" && !out;
  const act = (action: MemberAction) => order.mutate({ queueId: queue.id, extensionId: null, action });
  return (
    <Paper component="section" aria-label={queue.name} sx={{ p: 2 }}>
      <Stack direction="row" sx={{ flexWrap: "wrap", gap: 2, alignItems: "center" }}>
        <Stack sx={{ flex: "1 1 220px", minWidth: 0, gap: 0.5 }}>
          <Typography variant="h6" component="h2" sx={{ overflowWrap: "anywhere" }}>
            <bdi>{queue.name}</bdi>
          </Typography>
          <Stack direction="row" sx={{ gap: 1, alignItems: "center", flexWrap: "wrap" }}>
            <MemberChip member={member} now={now} />
            <Typography sx={{ color: queue.waiting.length ? "warning.main" : "text.secondary" }}>
              {line(queue, now)}
            </Typography>
          </Stack>
        </Stack>
        <Stack direction="row" sx={{ gap: 1, flexWrap: "wrap" }}>
          {paused && (
            <Button variant="contained" loading={order.isPending} onClick={() => act("unpause")}>
              {text.actions.unpause}
            </Button>
          )}
          {!out && !paused && <MemberMenu queueId={queue.id} member={member} words />}
          <Button
            variant={out ? "contained" : "outlined"}
            loading={order.isPending}
            onClick={() => act(out ? "log-in" : "log-out")}
          >
            {text.actions[out ? "log-in" : "log-out"]}
          </Button>
        </Stack>
      </Stack>
    </Paper>
  );
}

function line(queue: LiveQueue, now: number): string {
  const amount = queue.waiting.length;
  if (!amount) return text.waiting.nobody;
  return `${text.waiting.title}: ${amount} · ${text.waiting.longest} ${duration(longestWait(queue, now))}`;
}
