import ExpandIcon from "@mui/icons-material/ExpandMore";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import FormControlLabel from "@mui/material/FormControlLabel";
import Stack from "@mui/material/Stack";
import Switch from "@mui/material/Switch";
import Typography from "@mui/material/Typography";
import { count } from "@/ui/format";
import { type Document, type Errors, errorsUnder, errorText } from "../document";
import type { EditorProps } from "../fields/editor";
import { Field } from "../fields/Field";
import { Group } from "../fields/Group";
import { kindOf } from "../kinds";
import { useObject } from "../queries";
import { text } from "../text";
import { usePartFields } from "./PartFields";
import { without } from "./PartsField";
import { scopeOf, spelled, TemplateContext } from "./scope";

type Overrides = Record<string, Document>;

/** Where a location does otherwise than its template, field by field. */
export default function OverridesField({ spec, value, onChange, errors, disabled, document }: EditorProps) {
  const overrides = (value ?? {}) as Overrides;
  const template = useObject("routing-templates", (document.template_id as string | null) ?? undefined);
  if (!template.data) return null;
  const parts = template.data.parts as Record<string, Document & { kind: string }>;
  const scope = scopeOf(parts, template.data.slots as Parameters<typeof scopeOf>[1]);
  return (
    <TemplateContext value={scope}>
      <Group label={spec.label} help={spec.help} error={errors[""]}>
        <div>
          {Object.entries(parts).map(([name, part]) => {
            const own = overrides[name] ?? {};
            const wrong = errorsUnder(errors, name);
            const put = (next: Document) =>
              onChange(Object.keys(next).length ? { ...overrides, [name]: next } : without(overrides, name));
            return (
              <Accordion key={name} slotProps={{ transition: { unmountOnExit: true }, heading: { component: "h3" } }}>
                <AccordionSummary expandIcon={<ExpandIcon />}>
                  <Typography component="span" color={errorText(wrong) ? "error" : undefined}>
                    <strong>{spelled(name)}</strong> · {kindOf(part.kind).one}
                    {Object.keys(own).length > 0 &&
                      ` · ${text.template.changed(count(Object.keys(own).length, "field"))}`}
                  </Typography>
                </AccordionSummary>
                <AccordionDetails>
                  <PartOverrides part={part} own={own} onChange={put} errors={wrong} disabled={disabled} />
                </AccordionDetails>
              </Accordion>
            );
          })}
        </div>
      </Group>
    </TemplateContext>
  );
}

interface PartOverridesProps {
  part: Document & { kind: string };
  own: Document;
  onChange: (own: Document) => void;
  errors: Errors;
  disabled: boolean;
}

function PartOverrides({ part, own, onChange, errors, disabled }: PartOverridesProps) {
  return (
    <Stack sx={{ gap: 2 }}>
      {usePartFields(part.kind).map((spec) => {
        const otherwise = spec.name in own;
        const inherited = part[spec.name] ?? spec.initial;
        return (
          <Stack key={spec.name} sx={{ gap: 1 }}>
            <FormControlLabel
              control={
                <Switch
                  size="small"
                  checked={otherwise}
                  disabled={disabled}
                  onChange={(_, on) => onChange(on ? { ...own, [spec.name]: inherited } : without(own, spec.name))}
                />
              }
              label={text.template.otherwise(spec.label)}
            />
            {otherwise && (
              <Field
                spec={spec}
                value={own[spec.name] ?? null}
                onChange={(value) => onChange({ ...own, [spec.name]: value })}
                errors={errorsUnder(errors, spec.name)}
                disabled={disabled}
                document={{ ...part, ...own }}
                resource={kindOf(part.kind).resource}
                objectId={null}
              />
            )}
          </Stack>
        );
      })}
    </Stack>
  );
}
