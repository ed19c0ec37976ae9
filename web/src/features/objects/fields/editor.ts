/** What every editor of a field is given. */
import type { Document, Errors } from "../document";
import type { FieldSpec } from "../schema";

export interface EditorProps {
  spec: FieldSpec;
  value: unknown;
  onChange: (value: unknown) => void;
  /** Messages at the field (under "") and inside of it. */
  errors: Errors;
  disabled: boolean;
  /** The whole document, for what depends on other fields. */
  document: Document;
  resource: string;
  /** null: not saved yet. */
  objectId: string | null;
}
