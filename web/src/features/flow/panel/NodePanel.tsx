/** Settings of the chosen node: a form made from its kind's schema, and where its ways lead. */
import CloseIcon from "@mui/icons-material/Close";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Link as RouterLink } from "react-router";
import { schemas } from "@/features/objects/description";
import { errorsUnder } from "@/features/objects/document";
import { Field } from "@/features/objects/fields/Field";
import { kindOf } from "@/features/objects/kinds";
import { type FieldSpec, fieldsOf } from "@/features/objects/schema";
import { changeFields } from "@/flow/document/edit";
import type { FlowNode } from "@/flow/document/graph";
import { type FlowObject, isNew, type Json } from "@/flow/document/types";
import { edit } from "@/flow/history/store";
import { kindWords } from "@/flow/nodes/kinds";
import { selectNode } from "@/flow/selection/store";
import { copySelected, pasteCopy, takeOff } from "../actions";
import { useEditor } from "../editor";
import { words } from "../text";
import { Ways } from "./Ways";

export function NodePanel({ node }: { node: FlowNode }) {
  const { catalog, document, problems, mayWrite } = useEditor();
  const { object } = node;
  if (!object) return null;
  const writable = mayWrite(object.kind) && !object.hidden;
  const mine = problems.filter(({ nodeId }) => nodeId === node.id);
  const atFields = new Set(Object.keys(catalog.kinds[object.kind]?.fields ?? {}));
  const general = mine.filter(({ field }) => !atFields.has(field.split(".")[0] ?? ""));
  return (
    <Box component="section" aria-label={words.panel.fields} sx={{ p: 2 }}>
      <Stack direction="row" sx={{ alignItems: "flex-start", gap: 1 }}>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Typography variant="h6" component="h2">
            {kindWords(node.kind)}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {catalog.kinds[object.kind]?.help.replace(/`+/g, "")}
          </Typography>
        </Box>
        <IconButton aria-label={words.panel.close} onClick={() => selectNode(null)}>
          <CloseIcon />
        </IconButton>
      </Stack>
      {object.hidden && <Alert severity="info">{words.canvas.hidden}</Alert>}
      {!object.hidden && !writable && <Alert severity="info">{words.panel.readOnly}</Alert>}
      {general.map(({ message, severity }) => (
        <Alert key={message} severity={severity} sx={{ mt: 1 }}>
          {message}
        </Alert>
      ))}
      {!object.hidden && <Settings object={object} disabled={!writable} />}
      {node.ports.length > 0 && !object.hidden && <Ways node={node} disabled={!writable} />}
      <Stack direction="row" sx={{ gap: 1, mt: 2, flexWrap: "wrap", alignItems: "center" }}>
        {object.id !== document.entry && writable && (
          <>
            <Button size="small" onClick={() => copySelected() && void pasteCopy(catalog)}>
              {words.actions.duplicate}
            </Button>
            <Button size="small" color="error" onClick={() => takeOff(catalog, object.id)}>
              {words.actions.remove}
            </Button>
          </>
        )}
        {!isNew(object.id) && !object.hidden && (
          <Link component={RouterLink} to={`/config/${kindOf(object.kind).resource}/${object.id}`} variant="body2">
            {words.panel.wholePage}
          </Link>
        )}
      </Stack>
    </Box>
  );
}

/** What the panel leaves out: ways have their own part, secrets are made up, maps are edited on the object's page. */
const LEFT_OUT = new Set(["Destination", "IvrOption[]", "password"]);
const OWN_PAGE = new Set(["slots", "overrides"]);

function Settings({ object, disabled }: { object: FlowObject; disabled: boolean }) {
  const { problems } = useEditor();
  const info = kindOf(object.kind);
  const specs = fieldsOf(schemas, info.resource, `${info.schema}Create`).filter(
    ({ type, name }) => !LEFT_OUT.has(type) && !OWN_PAGE.has(name),
  );
  const said = problems.filter(({ nodeId }) => nodeId === object.id);
  const errors = Object.fromEntries(said.map(({ field, message }) => [field, message]));
  const set = ({ name, label }: FieldSpec, value: unknown) =>
    edit(
      `Change ${label.toLowerCase()}`,
      (document) => changeFields(document, object.id, { [name]: value as Json }),
      `${object.id} ${name}`,
    );
  return (
    <Stack key={object.id} sx={{ gap: 2, mt: 2 }}>
      {specs.map((spec) => (
        <Field
          key={spec.name}
          spec={spec}
          value={object.fields[spec.name] ?? null}
          onChange={(value) => set(spec, value)}
          errors={errorsUnder(errors, spec.name)}
          disabled={disabled}
          document={object.fields}
          resource={info.resource}
          objectId={isNew(object.id) ? null : object.id}
        />
      ))}
    </Stack>
  );
}
