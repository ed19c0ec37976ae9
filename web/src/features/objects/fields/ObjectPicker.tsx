import TextField from "@mui/material/TextField";
import { lazy, Suspense, useDeferredValue, useState } from "react";
import { useMay } from "@/session/SessionProvider";
import { Autocomplete } from "@/ui/Autocomplete";
import { kindOf } from "../kinds";
import { type ConfigObject, titleIn, titleOf, useChoices, useNames } from "../queries";
import { text } from "../text";

const CreateDialog = lazy(() => import("../form/CreateDialog"));

export interface ObjectPickerProps {
  /** Kind of the object, such as `extension`. */
  kind: string;
  value: string | null;
  onChange: (id: string | null) => void;
  label: string;
  error?: string;
  help?: string;
  required?: boolean;
  disabled?: boolean;
  /** Not offered: they are in the list already. */
  without?: string[];
  /** Nothing new is made here, as in a filter. */
  onlyFind?: boolean;
}

const NEW = "new";

interface Choice {
  id: string;
  title: string;
}

/** Finds an object by name or number, or makes it on the spot. */
export function ObjectPicker(props: ObjectPickerProps) {
  const { kind, value, onChange, label, error, help, required, disabled, without = [], onlyFind } = props;
  const info = kindOf(kind);
  const may = useMay();
  const [typed, setTyped] = useState("");
  /** What was typed when something new was asked for. */
  const [creating, setCreating] = useState<string | null>(null);
  const search = useDeferredValue(typed);
  const names = useNames(kind, value ? [value] : []);
  const { data: page, isFetching } = useChoices(info.resource, search);
  const offered: Choice[] = (page?.items ?? [])
    .filter(({ id }) => !without.includes(id))
    .map((item) => ({ id: item.id, title: titleOf(item) }));
  if (!onlyFind && may(`${info.resource}:write`))
    offered.push({ id: NEW, title: text.destination.create(`a new ${info.one}`) });
  const current: Choice | null = value ? { id: value, title: titleIn(names, value) } : null;

  function choose(choice: Choice | null) {
    if (choice?.id === NEW) setCreating(typed);
    else onChange(choice?.id ?? null);
  }

  return (
    <>
      <Autocomplete
        options={offered}
        value={current}
        onChange={(_, choice) => choose(choice)}
        onInputChange={(_, input, reason) => setTyped(reason === "input" ? input : "")}
        getOptionLabel={(choice) => choice.title}
        getOptionKey={(choice) => choice.id}
        isOptionEqualToValue={(one, other) => one.id === other.id}
        filterOptions={(options) => options /* the API has searched */}
        loading={isFetching}
        disabled={disabled}
        fullWidth
        renderOption={({ key, ...option }, { id, title }) => (
          <li key={key} {...option} style={id === NEW ? { fontWeight: 600 } : undefined}>
            <bdi>{title}</bdi>
          </li>
        )}
        renderInput={(input) => (
          <TextField {...input} label={label} error={Boolean(error)} helperText={error ?? help} required={required} />
        )}
      />
      {creating !== null && (
        <Suspense fallback={null}>
          <CreateDialog
            info={info}
            name={creating}
            onClose={() => setCreating(null)}
            onCreated={({ id }: ConfigObject) => {
              setCreating(null);
              onChange(id);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
