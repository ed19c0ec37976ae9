import Alert from "@mui/material/Alert";
import AlertTitle from "@mui/material/AlertTitle";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { errorsUnder } from "../document";
import { Field } from "../fields/Field";
import type { KindInfo } from "../kinds";
import { text } from "../text";
import { sectionsOf } from "./sections";
import type { ObjectFormState } from "./useObjectForm";

interface FormSectionsProps {
  info: KindInfo;
  form: ObjectFormState;
  disabled?: boolean;
}

/** Who may only look shall still be able to read: disabled fields are not dimmed below the contrast of text. */
const READABLE = {
  "& .MuiInputBase-input.Mui-disabled": { WebkitTextFillColor: "currentColor", color: "text.primary" },
  "& .MuiFormLabel-root.Mui-disabled, & .MuiFormHelperText-root.Mui-disabled, & .MuiFormControlLabel-label.Mui-disabled":
    { color: "text.secondary" },
} as const;

/** The fields of a form by heading, with what the API said of each. */
export function FormSections({ info, form, disabled = false }: FormSectionsProps) {
  const { fields, values, errors, problem, stored, busy, set } = form;
  const sections = sectionsOf(info, fields, stored === null);
  return (
    <Stack sx={{ gap: 2, ...READABLE }}>
      {problem && problem.status !== 412 && <Refused form={form} />}
      {sections.map((section) => (
        <Paper key={section.title} component="section" aria-label={section.title} sx={{ p: { xs: 2, sm: 3 } }}>
          <Typography variant="h6" component="h2" sx={{ mb: 2 }}>
            {section.title}
          </Typography>
          <Stack sx={{ gap: 2.5 }}>
            {section.fields.map((spec) => (
              <Field
                key={spec.name}
                spec={spec}
                value={values[spec.name] ?? null}
                onChange={(value) => set(spec.name, value)}
                errors={errorsUnder(errors, spec.name)}
                disabled={disabled || busy}
                document={values}
                resource={info.resource}
                objectId={stored?.id ?? null}
              />
            ))}
          </Stack>
        </Paper>
      ))}
    </Stack>
  );
}

/** What no field can say by itself. */
function Refused({ form: { problem, errors, fields } }: { form: ObjectFormState }) {
  if (!problem) return null;
  const names = new Set(fields.map(({ name }) => name));
  const homeless = Object.entries(errors).filter(([path]) => !names.has(path.split(".")[0] ?? ""));
  const atFields = homeless.length < Object.keys(errors).length;
  return (
    <Alert severity="error">
      <AlertTitle>{atFields ? text.form.basicsError : problem.problem.title}</AlertTitle>
      {homeless.map(([, message]) => message).join("; ")}
      {Object.keys(errors).length === 0 && `${problem.message} ${problem.problem.hint}`}
    </Alert>
  );
}
