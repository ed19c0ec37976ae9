import { CsvMenu } from "@/features/objects/list/CsvMenu";
import { useContactsChanged } from "./queries";
import { text } from "./text";

/** The contacts that are listed as a table, out and in: for who may change them. */
export function ContactCsv({ q, tag }: { q: string; tag: string }) {
  const changed = useContactsChanged();
  const wanted = new URLSearchParams(Object.entries({ q, tag }).filter(([, value]) => value));
  return (
    <CsvMenu
      exported={{ path: `/api/v1/contacts/export.csv?${wanted}`, file: "contacts.csv" }}
      imported={{
        resource: "contacts",
        title: text.importTitle,
        lead: text.importLead,
        done: text.imported,
        onDone: changed,
      }}
    />
  );
}
