import Link from "@mui/material/Link";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Link as RouterLink } from "react-router";
import { ProblemView } from "@/ui/ProblemView";
import { type Reference, referencesIn } from "../document";
import { findKind, type KindInfo } from "../kinds";
import { type ConfigObject, titleIn, titleOf, useNames, useUses } from "../queries";
import { labelOf } from "../schema";
import { text } from "../text";
import { PhoneSettings } from "./PhoneSettings";
import { RoutingExtras } from "./RoutingExtras";

/** Beside a form: what uses this object, and where it leads. */
export function Connections({ info, object }: { info: KindInfo; object: ConfigObject }) {
  return (
    <Stack sx={{ gap: 2 }}>
      {info.kind === "device" && (
        <Paper component="section" aria-label={text.secret.connects} sx={{ p: 2 }}>
          <Typography variant="subtitle1" component="h2" gutterBottom>
            {text.secret.connects}
          </Typography>
          <PhoneSettings device={object} />
        </Paper>
      )}
      <Uses info={info} object={object} />
      <Leads info={info} object={object} />
      {info.kind === "location_routing" && <RoutingExtras routing={object} />}
    </Stack>
  );
}

function Uses({ info, object }: { info: KindInfo; object: ConfigObject }) {
  const uses = useUses(info.resource, object.id);
  return (
    <Paper component="section" aria-label={text.form.usedBy} sx={{ p: 2 }}>
      <Typography variant="subtitle1" component="h2" gutterBottom>
        {text.form.usedBy}
      </Typography>
      {uses.isError && <ProblemView error={uses.error} />}
      {uses.data?.length === 0 && (
        <Typography variant="body2" color="textSecondary">
          {text.form.usedByNothing}
        </Typography>
      )}
      {uses.data?.map(({ kind, id, name, field }) => {
        const user = findKind(kind);
        const words = `${labelOf(user?.resource ?? "", field.split(".")[0] ?? "")}`;
        return (
          <Typography key={`${id}${field}`} variant="body2" sx={{ overflowWrap: "anywhere" }}>
            {user ? <ObjectLink info={user} id={id} title={name} /> : <bdi>{name}</bdi>}
            <Typography component="span" variant="body2" color="textSecondary">
              {` · ${user?.one ?? kind.replace("_", " ")}, ${words}`}
            </Typography>
          </Typography>
        );
      })}
    </Paper>
  );
}

function ObjectLink({ info, id, title }: { info: KindInfo; id: string; title: string }) {
  return (
    <Link component={RouterLink} to={`/config/${info.resource}/${id}`}>
      <bdi>{title}</bdi>
    </Link>
  );
}

function Leads({ info, object }: { info: KindInfo; object: ConfigObject }) {
  const found = referencesIn(object);
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  if (!found.length) return null;
  return (
    <Paper component="section" aria-label={text.form.leadsTo} sx={{ p: 2 }}>
      <Typography variant="subtitle1" component="h2" gutterBottom>
        {text.form.leadsTo}
      </Typography>
      {kinds.map((kind) => (
        <LeadsOfKind key={kind} info={info} kind={kind} references={found.filter((one) => one.kind === kind)} />
      ))}
    </Paper>
  );
}

function LeadsOfKind({ info, kind, references }: { info: KindInfo; kind: string; references: Reference[] }) {
  const names = useNames(
    kind,
    references.map(({ id }) => id),
  );
  const target = findKind(kind);
  return references.map(({ id, field }) => {
    const object = names.get(id);
    return (
      <Typography key={`${id}${field}`} variant="body2" sx={{ overflowWrap: "anywhere" }}>
        {object && target ? <ObjectLink info={target} id={id} title={titleOf(object)} /> : titleIn(names, id)}
        <Typography component="span" variant="body2" color="textSecondary">
          {` · ${labelOf(info.resource, field.split(".")[0] ?? "")}`}
        </Typography>
      </Typography>
    );
  });
}
