import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import { useMay, useMe } from "@/session/SessionProvider";
import { useFilter } from "@/ui/address";
import { useDialogs } from "@/ui/dialogs";
import { EmptyState } from "@/ui/EmptyState";
import { ago, dateTime } from "@/ui/format";
import { Page } from "@/ui/Page";
import { text } from "@/ui/text";
import { Listing } from "../common/Listing";
import { words } from "../text";
import { usePeople } from "../users/queries";
import { browserName } from "./browser";
import { type Login, useEndLogin, useLogins } from "./queries";

const labels = words.sessions;

export function SessionsPage() {
  const me = useMe();
  const may = useMay();
  const [whose, setWhose] = useFilter("whose");
  const everybody = whose === "all" && may("sessions:read");
  const pages = useLogins(everybody ? undefined : me.user?.id);
  const people = usePeople();
  const emailOf = (id: string) =>
    id === me.user?.id ? me.user.email : (people.find((user) => user.id === id)?.email ?? text.none);
  const choice = may("sessions:read") && (
    <ToggleButtonGroup
      exclusive
      size="small"
      aria-label={labels.who}
      value={everybody ? "all" : ""}
      onChange={(_, chosen: string | null) => chosen !== null && setWhose(chosen)}
    >
      <ToggleButton value="" sx={{ color: "text.primary" }}>
        {labels.mine}
      </ToggleButton>
      <ToggleButton value="all" sx={{ color: "text.primary" }}>
        {labels.everybody}
      </ToggleButton>
    </ToggleButtonGroup>
  );
  return (
    <Page title={labels.title} lead={labels.lead} actions={choice}>
      <Listing
        label={labels.title}
        pages={pages}
        rowKey={({ id }) => id}
        empty={<EmptyState title={labels.empty} />}
        columns={[
          {
            label: labels.device,
            cell: (login) => <Device login={login} who={everybody ? emailOf(login.user_id) : ""} />,
          },
          { label: labels.from, cell: ({ ip }) => ip ?? text.none, wide: true },
          { label: labels.used, cell: ({ last_used_at }) => ago(last_used_at) },
          { label: labels.begun, cell: ({ created_at }) => dateTime(created_at), wide: true },
          {
            label: words.actions,
            cell: (login) =>
              !login.current &&
              (login.user_id === me.user?.id || may("sessions:write")) && (
                <EndButton login={login} who={emailOf(login.user_id)} />
              ),
          },
        ]}
      />
    </Page>
  );
}

function Device({ login, who }: { login: Login; who: string }) {
  return (
    <>
      <span title={login.user_agent}>{browserName(login.user_agent)}</span>{" "}
      {login.current && <Chip size="small" color="primary" variant="outlined" label={labels.current} />}
      {who && (
        <Typography variant="body2" color="textSecondary">
          {who}
        </Typography>
      )}
    </>
  );
}

function EndButton({ login, who }: { login: Login; who: string }) {
  const end = useEndLogin();
  const { ask, notify, notifyProblem } = useDialogs();
  const name = `${browserName(login.user_agent)}, ${who}`;
  async function askAndEnd() {
    if (
      !(await ask({ title: labels.endTitle, body: `${name}. ${labels.endBody}`, confirm: labels.end, dangerous: true }))
    )
      return;
    await end.mutateAsync(login.id).then(() => notify(labels.ended), notifyProblem);
  }
  return (
    <Button size="small" color="error" aria-label={`${labels.end}: ${name}`} onClick={askAndEnd}>
      {labels.end}
    </Button>
  );
}
