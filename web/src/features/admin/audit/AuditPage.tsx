import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useLocations } from "@/layout/locations";
import { useFilter } from "@/ui/address";
import { EmptyState } from "@/ui/EmptyState";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { Search } from "@/ui/Search";
import { words } from "../text";
import { AuditEntry } from "./AuditEntry";
import { useAuditLog } from "./queries";

const labels = words.audit;
const KINDS = [
  "api_key",
  "config",
  "device",
  "extension",
  "flow_test",
  "holiday_calendar",
  "ivr_menu",
  "location",
  "location_routing",
  "node",
  "organization",
  "outbound_route",
  "phone_number",
  "prompt",
  "queue",
  "release",
  "ring_group",
  "role",
  "routing_template",
  "session",
  "time_condition",
  "trunk",
  "user",
  "voicemail",
  "voicemail_box",
]; // prettier-ignore

export function AuditPage() {
  const [actor] = useFilter("actor");
  const [action] = useFilter("action");
  const [kind, setKind] = useFilter("kind");
  const [object, setObject] = useFilter("object");
  const [from, setFrom] = useFilter("from");
  const [to, setTo] = useFilter("to");
  const pages = useAuditLog({ actor, action, kind, object, from, to });
  const locations = useLocations();
  return (
    <Page title={labels.title} lead={labels.lead}>
      <Stack direction="row" sx={{ gap: 2, mb: 2, flexWrap: "wrap" }}>
        <Search name="actor" label={labels.actor} />
        <TextField
          select
          label={labels.kind}
          value={kind}
          onChange={(event) => setKind(event.target.value)}
          sx={{ minWidth: 160 }}
          slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
        >
          <MenuItem value="">{labels.anyKind}</MenuItem>
          {[...new Set([...KINDS, ...(kind ? [kind] : [])])].map((one) => (
            <MenuItem key={one} value={one}>
              {one.replaceAll("_", " ")}
            </MenuItem>
          ))}
        </TextField>
        <Search name="action" label={labels.action} />
        <Moment label={labels.from} value={from} onChange={setFrom} />
        <Moment label={labels.to} value={to} onChange={setTo} />
        {object && <Chip label={labels.object} onDelete={() => setObject("")} sx={{ alignSelf: "center" }} />}
      </Stack>
      {pages.isPending && <Loading />}
      {pages.isError && <ProblemView error={pages.error} retry={() => pages.refetch()} />}
      {pages.isSuccess && !pages.items.length && <EmptyState title={labels.empty} />}
      {pages.items.map((line) => (
        <AuditEntry
          key={line.id}
          line={line}
          location={locations.find(({ id }) => id === line.location_id)}
          onObject={setObject}
        />
      ))}
      {pages.hasNextPage && (
        <Box sx={{ p: 1, textAlign: "center" }}>
          <Button loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
            {words.showMore}
          </Button>
        </Box>
      )}
    </Page>
  );
}

function Moment({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <TextField
      type="datetime-local"
      label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      slotProps={{ inputLabel: { shrink: true } }}
    />
  );
}
