/** The words of the call-flow designer. */
export const words = {
  list: {
    title: "Call flows",
    lead: "Each number with where its calls lead. Open one to see the whole way, and to change it.",
    search: "Name or number",
    number: "Number",
    leadsTo: "Calls go to",
    location: "Location",
    open: "Open the flow",
    none: "No number yet",
    noneHint: "A flow begins at a phone number. Add one, then draw where its calls go.",
    add: "Add a number",
    noMatch: "No number matches",
    noMatchHint: "Try another word, or choose another location.",
    disabled: "switched off",
  },
  view: { canvas: "Canvas", outline: "Outline", label: "View" },
  actions: {
    undo: "Undo",
    redo: "Redo",
    tidy: "Tidy up",
    tryIt: "Try it",
    save: "Save",
    saved: "Saved as a draft. Callers notice after you apply it.",
    review: "Review changes",
    add: "Add",
    addHint: "Drag onto the canvas, or press to add",
    duplicate: "Duplicate",
    remove: "Take off this flow",
    connect: "Connect",
    change: "Change",
    addKey: "Add a key",
    reload: "Read it again",
  },
  canvas: {
    label: "Call flow",
    notConnected: "not connected",
    hidden: "You may not see this one.",
    way: (from: string, port: string, to: string) => `${from}, ${port}: leads to ${to}`,
  },
  panel: {
    fields: "Settings",
    ways: "Leads to",
    close: "Close the settings",
    wholePage: "Open its own page",
    implied: "by default",
    newName: (kind: string) => `New ${kind}`,
    readOnly: "You may look at this, but not change it.",
  },
  choose: {
    title: "Where shall the call go?",
    onCanvas: "On this canvas",
    existing: "Something that is there already",
    existingHint: "Name or number",
    fresh: "Something new",
    end: "End here",
    number: "Number outside, such as +12025550123",
    numberWrong: "Write it with + and the country, such as +12025550123.",
    useNumber: "Use this number",
    standard: "Take the default",
    nothing: "Nothing found",
  },
  save: {
    blocked: (count: number) => `${count === 1 ? "One thing" : `${count} things`} must be mended first.`,
    stale: "Somebody else changed this meanwhile",
    staleKeep: "Read it again to see what it is now. Your unsaved changes to this flow are lost then.",
    secrets: "Note this down now: it is shown only once",
    refused: (name: string) => `“${name}” was not saved`,
  },
  trial: {
    title: "Try it",
    lead: "Plays a call on a second phone system that nobody can reach. No phone rings.",
    caller: "Caller",
    callerHint: "Empty: a hidden number",
    moment: "When",
    momentHint: (zone: string) => `In ${zone}. Empty: now`,
    keys: "Keys pressed",
    keysHint: "One entry for each menu, with spaces between: 1 2",
    others: "Phones",
    phones: "Except these",
    outside: "Numbers outside",
    states: { free: "answer", busy: "are busy", no_answer: "ring, nobody answers", away: "are switched off" },
    play: "Play the call",
    saveFirst: "Save first: what is played is the saved draft.",
    hears: "The caller hears",
    end: "End",
    again: "Play again",
    step: (now: number, all: number) => `Step ${now} of ${all}`,
    took: (longest: string) => `Waits on this way last at most ${longest} in all.`,
  },
  outline: {
    label: "Outline of the call flow",
    again: "shown above",
    loose: "Not connected",
    edit: (name: string) => `Settings of ${name}`,
    menu: (port: string, name: string) => `${port} of ${name}: change where it leads`,
  },
} as const;

/** What a way out is called on a node; the name of a key or slot comes from the object. */
const PORTS = new Map([
  ["destination", "Calls go to"],
  ["open", "Open"],
  ["closed", "Closed"],
  ["holiday", "Holiday"],
  ["on_timeout", "No key pressed"],
  ["on_invalid", "Wrong keys only"],
  ["overflow", "Nobody free"],
  ["no_answer", "No answer"],
  ["busy", "Busy"],
  ["then", "Afterwards"],
]);

export function portWords({ field, label }: { field: string; label: string }): string {
  if (field === "options") return `Key ${label || "?"}`;
  return label || (PORTS.get(field) ?? field.replace(/_/g, " "));
}

/** What an optional way does when it is left open. */
export const DEFAULT_WAY: Record<string, string> = {
  holiday: "as closed",
  busy: "as no answer",
};
