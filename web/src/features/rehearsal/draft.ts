/** A played call on its way to becoming a flow test, between two pages. */
import type { FlowTestFields, Simulation } from "./queries";
import type { Situation } from "./situation";

type Destination = NonNullable<FlowTestFields["expect"]["ends_at"]>;

const KINDS: Record<string, Destination["kind"]> = { voicemail_box: "voicemail", prompt: "announcement" };

/** A test that wants the call to end as it did. */
export function draftTest(given: Situation, played: Simulation): FlowTestFields {
  const { how, object } = played.end;
  const ends_at: Destination | null =
    object?.id && how !== "hangup"
      ? { kind: KINDS[object.kind] ?? (object.kind as Destination["kind"]), id: object.id, number: null }
      : null;
  return { name: "", location_id: null, given, expect: { passes: [], ends: how, ends_at, hears: [] } };
}
