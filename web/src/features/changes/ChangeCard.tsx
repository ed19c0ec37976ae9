import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import MuiLink from "@mui/material/Link";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Link } from "react-router";
import { phoneNumber } from "@/ui/format";
import { kindWords, objectPath } from "./objects";
import type { Change } from "./queries";
import { text } from "./text";

const COLORS = { added: "success", changed: "info", removed: "error" } as const;

/** What becomes of one object. */
export function ChangeCard({ change }: { change: Change }) {
  const path = change.action === "removed" ? null : objectPath(change.kind, change.id);
  const name = <bdi>{change.name}</bdi>;
  return (
    <Paper component="li" sx={{ p: 1.5, overflowWrap: "anywhere" }}>
      <Stack direction="row" sx={{ gap: 1, alignItems: "center", flexWrap: "wrap" }}>
        <Chip size="small" variant="outlined" color={COLORS[change.action]} label={text.actions[change.action]} />
        <Typography component="h3" variant="body1" sx={{ fontWeight: 600, minWidth: 0 }}>
          {kindWords(change.kind)}{" "}
          {path ? (
            <MuiLink component={Link} to={path}>
              {name}
            </MuiLink>
          ) : (
            name
          )}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {change.location && <bdi>{change.location}</bdi>}
          {change.template && ` ${text.fromTemplate(change.template)}`}
        </Typography>
      </Stack>
      {change.fields.length ? (
        <Box component="ul" sx={{ m: 0, mt: 0.5, pl: 2.5 }}>
          {change.fields.map((field) => (
            <Field key={field.field} field={field} />
          ))}
        </Box>
      ) : (
        <Typography sx={{ mt: 0.5 }}>{change.effect}</Typography>
      )}
      <Numbers change={change} />
      {change.warnings?.map((warning) => (
        <Alert key={warning} severity="warning" sx={{ mt: 1 }}>
          {warning}
        </Alert>
      ))}
    </Paper>
  );
}

type FieldChange = NonNullable<Change["fields"]>[number];

/** Single values old → new; lists by the words for what came and went. */
function Field({ field }: { field: FieldChange }) {
  const [label = field.field] = field.words.split(":");
  if (!field.words.includes(": was ") || Array.isArray(field.old) || Array.isArray(field.new))
    return <li>{field.words}</li>;
  return (
    <li>
      {label}:{" "}
      <Box component="del" sx={{ color: "text.secondary" }}>
        {plain(field.old)}
      </Box>
      <Box component="span" aria-hidden>
        {" → "}
      </Box>
      <Box component="ins" sx={{ textDecoration: "none", fontWeight: 600 }}>
        {plain(field.new)}
      </Box>
    </li>
  );
}

function plain(value: unknown): React.ReactNode {
  if (value === null || value === "") return text.nothing;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return <bdi>{String(value)}</bdi>;
}

function Numbers({ change }: { change: Change }) {
  const { affected_numbers: numbers = [], affected_count: amount = 0 } = change;
  if (!amount) return null;
  const said = numbers.map(phoneNumber).join(", ");
  if (amount <= 3)
    return (
      <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
        {text.affected(amount)}: {said}
      </Typography>
    );
  return (
    <Typography variant="body2" color="textSecondary" component="details" sx={{ mt: 0.5 }}>
      <summary>{text.affected(amount)}</summary>
      {said} {amount > numbers.length && text.affectedMore(amount - numbers.length)}
    </Typography>
  );
}
