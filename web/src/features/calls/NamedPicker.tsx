import { useDeferredValue, useState } from "react";
import { SearchPicker } from "@/ui/SearchPicker";
import { useNamed, useNameOf } from "./queries";

interface NamedPickerProps {
  kind: "queues" | "extensions";
  label: string;
  value: string | undefined;
  onChange: (id: string | undefined) => void;
  help?: string;
}

/** Chooses a queue or an extension by a part of its name or number. */
export function NamedPicker({ kind, value, ...field }: NamedPickerProps) {
  const [words, setWords] = useState<string | null>(null);
  const found = useNamed(kind, useDeferredValue(words ?? ""), words !== null);
  const chosen = useNameOf(kind, value).data ?? null;
  return (
    <SearchPicker
      {...field}
      value={value ? chosen : null}
      options={found.data ?? []}
      loading={found.isFetching}
      told={({ name, number }) => (number ? `${name} (${number})` : name)}
      onSearch={setWords}
    />
  );
}
