import Stack from "@mui/material/Stack";
import { type Document, type Errors, errorsUnder, initialDocument } from "../document";
import { Field } from "../fields/Field";
import { kindOf } from "../kinds";
import { useApiSchemas } from "../queries";
import { type FieldSpec, fieldsOf } from "../schema";

/** A step has no place and no number of its own: they are each location's. */
const NOT_HERE = new Set(["location_id", "number"]);

/** The fields that a step of this kind can have. */
export function usePartFields(kind: string): FieldSpec[] {
  const { data: schemas } = useApiSchemas();
  const info = kindOf(kind);
  if (!schemas) return [];
  return fieldsOf(schemas, info.resource, `${info.schema}Create`)
    .filter(({ name }) => !NOT_HERE.has(name))
    .map((field) => (field.name === "name" ? { ...field, required: false, nullable: true } : field));
}

interface PartFieldsProps {
  kind: string;
  part: Document;
  onChange: (part: Document) => void;
  errors: Errors;
  disabled: boolean;
}

/** The form of one step; only what differs from the defaults is kept. */
export function PartFields({ kind, part, onChange, errors, disabled }: PartFieldsProps) {
  const fields = usePartFields(kind);
  const values = { ...initialDocument(fields), ...part };
  function put(name: string, value: unknown) {
    const { [name]: _, ...others } = part;
    onChange(value === null ? others : { ...others, [name]: value });
  }
  return (
    <Stack sx={{ gap: 2.5 }}>
      {fields.map((spec) => (
        <Field
          key={spec.name}
          spec={spec}
          value={values[spec.name] ?? null}
          onChange={(value) => put(spec.name, value)}
          errors={errorsUnder(errors, spec.name)}
          disabled={disabled}
          document={values}
          resource={kindOf(kind).resource}
          objectId={null}
        />
      ))}
    </Stack>
  );
}
