/** A hypothetical call as the form holds it, and as the API takes it. */
import type { Schemas } from "@/api/client";
import { randomId } from "@/ui/ids";
import { fromClock, toClock } from "@/ui/zoned";

export type Situation = Schemas["Situation"];
export type PhoneState = Schemas["PhoneState"];

/** A row of the form; `id` only tells rows apart. */
interface Row {
  id: string;
  name: string;
}

export interface SituationForm {
  number: string;
  caller: string;
  /** Clock time in the number's zone; empty: now. */
  moment: string;
  /** Entries with commas between. */
  keys: string;
  others: PhoneState;
  outside: PhoneState;
  phones: (Row & { state: PhoneState })[];
  /** Queues with the extension numbers of members that are not at work, with commas between. */
  out: (Row & { members: string })[];
}

export const newRow = randomId;

export const EMPTY: SituationForm = {
  number: "",
  caller: "+12025550199",
  moment: "",
  keys: "",
  others: "free",
  outside: "free",
  phones: [],
  out: [],
};

function entries(text: string): string[] {
  return text.split(",").map((one) => one.trim());
}

/** What the API takes; rows without a name are left out. */
export function toSituation(form: SituationForm, timezone: string): Situation {
  const named = <One extends Row>(rows: One[]) => rows.filter(({ name }) => name.trim());
  return {
    number: form.number,
    caller: form.caller.trim() || null,
    moment: form.moment ? fromClock(form.moment, timezone) : null,
    keys: form.keys.trim() ? entries(form.keys) : [],
    others: form.others,
    outside: form.outside,
    phones: Object.fromEntries(named(form.phones).map(({ name, state }) => [name.trim(), state])),
    out: Object.fromEntries(
      named(form.out).map(({ name, members }) => [name.trim(), entries(members).filter(Boolean)]),
    ),
  };
}

/** A stored situation as the form holds it. */
export function toForm(situation: Situation, timezone: string): SituationForm {
  return {
    number: situation.number,
    caller: situation.caller ?? "",
    moment: situation.moment ? toClock(situation.moment, timezone) : "",
    keys: situation.keys.join(", "),
    others: situation.others,
    outside: situation.outside,
    phones: Object.entries(situation.phones).map(([name, state]) => ({ id: newRow(), name, state })),
    out: Object.entries(situation.out).map(([name, members]) => ({ id: newRow(), name, members: members.join(", ") })),
  };
}
