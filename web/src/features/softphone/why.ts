/** Why the phone rings: which number was called, and by which queue. */

export interface Why {
  callId: string | null;
  dialed: string | null;
  queueId: string | null;
  callerName: string | null;
}

type Live = Record<string, unknown>;

const text = (value: unknown) => (typeof value === "string" ? value : null);

/** The live call that rings this extension for this caller; of several the newest. */
export function whyItRings(calls: Iterable<Live>, extensionId: string | null, caller: string): Why {
  const rings = [...calls].filter(
    (call) =>
      Array.isArray(call.extension_ids) &&
      call.extension_ids.includes(extensionId) &&
      call.phase !== "answered" &&
      text(call.caller_number) === caller,
  );
  const newest = rings.sort((one, other) => String(other.started_at).localeCompare(String(one.started_at)))[0];
  return {
    callId: text(newest?.id),
    dialed: text(newest?.dialed_number),
    queueId: newest?.phase === "queued" ? text(newest.queue_id) : null,
    callerName: text(newest?.caller_name),
  };
}
