import { useDeferredValue, useState } from "react";
import { SearchPicker } from "@/ui/SearchPicker";
import { useContact, useContactSearch } from "./queries";

interface ContactPickerProps {
  label: string;
  help?: string;
  /** Id. */
  value: string | undefined;
  onChange: (id: string | undefined) => void;
  required?: boolean;
  autoFocus?: boolean;
}

/** Chooses a contact by a part of the name, the company or a number. */
export function ContactPicker({ value, ...field }: ContactPickerProps) {
  const [words, setWords] = useState<string | null>(null);
  const found = useContactSearch(useDeferredValue((words ?? "").trim()), words !== null);
  const chosen = useContact(value).data?.contact ?? null;
  return (
    <SearchPicker
      {...field}
      value={value ? chosen : null}
      options={found.data?.items ?? []}
      loading={found.isFetching}
      told={({ name, company }) => [name, company].filter(Boolean).join(", ")}
      onSearch={setWords}
    />
  );
}
