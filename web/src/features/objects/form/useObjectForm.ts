import { useCallback, useEffect, useMemo, useState } from "react";
import { type ApiProblem, asProblem } from "@/api/problem";
import { useChosenLocation } from "@/layout/locations";
import { useMe } from "@/session/SessionProvider";
import { changedFields, creation, type Document, type Errors, initialDocument, patch, rebased } from "../document";
import type { KindInfo } from "../kinds";
import { type ConfigObject, changeObject, createObject, useChanged } from "../queries";
import { fieldsOf, type Schemas } from "../schema";
import { draftOf, forgetDraft, keepDraft } from "./drafts";

/**
 * What a form holds between opening and saving.
 *
 * @param preset what a new object begins with, beside the API's defaults; a form with a preset leaves no draft.
 */
export function useObjectForm(info: KindInfo, schemas: Schemas, object: ConfigObject | null, preset?: Document) {
  const fields = useMemo(() => fieldsOf(schemas, info.resource, `${info.schema}Create`), [schemas, info]);
  const names = useMemo(() => fields.map(({ name }) => name), [fields]);
  const chosen = useChosenLocation();
  const me = useMe();
  const only = me.location_ids?.[0];
  const changed = useChanged();
  const key = `${me.label} ${me.org_id} ${info.resource} ${object?.id ?? "new"}`;
  const [draft] = useState(() => (preset ? undefined : draftOf(key)));

  const [base, setBase] = useState<Document>(
    () => draft?.base ?? object ?? { ...initialDocument(fields), location_id: chosen ?? only ?? null, ...preset },
  );
  const [values, setValues] = useState<Document>(draft?.values ?? base);
  const [stored, setStored] = useState(draft?.stored ?? object);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const errors: Errors = problem?.status === 422 || problem?.problem.slug === "taken" ? problem.fields : {};
  const dirty = changedFields(base, values, names).length > 0;

  useEffect(() => {
    if (preset) return;
    if (dirty) keepDraft(key, { base, values, stored });
    else forgetDraft(key);
  }, [preset, key, dirty, base, values, stored]);

  const forget = useCallback(() => forgetDraft(key), [key]);

  /** Begins again from what is stored now. */
  function adopt(now: ConfigObject, mine?: Document) {
    setStored(now);
    setBase(now);
    setValues(mine ?? now);
    setProblem(null);
  }

  /** @returns what is stored now; null: the API refused it, and `problem` says why. */
  async function save(): Promise<ConfigObject | null> {
    setBusy(true);
    try {
      const saved = stored
        ? await changeObject(info.resource, stored, patch(base, values, fields))
        : await createObject(info.resource, creation(values));
      changed(info.resource);
      adopt(saved);
      return saved;
    } catch (error) {
      setProblem(asProblem(error));
      return null;
    } finally {
      setBusy(false);
    }
  }

  return {
    fields,
    base,
    values,
    stored,
    errors,
    problem,
    dirty,
    busy,
    set: (name: string, value: unknown) => setValues((now) => ({ ...now, [name]: value })),
    save,
    adopt,
    /** What was typed is given up on purpose. */
    forget,
    dismiss: () => setProblem(null),
    /** My changes on top of somebody else's version. */
    rebase: (theirs: ConfigObject) => adopt(theirs, rebased(base, values, theirs, names)),
  };
}

export type ObjectFormState = ReturnType<typeof useObjectForm>;
