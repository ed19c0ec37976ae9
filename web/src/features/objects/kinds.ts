/** Every kind of configuration object: how it is called, what its list shows and how its form is ordered. */

export interface KindInfo {
  /** As destinations, uses and fields name it. */
  kind: string;
  /** Its REST collection, and the folder of its pages. */
  resource: string;
  one: string;
  many: string;
  lead: string;
  /** `<schema>Create` describes its form. */
  schema: string;
  /** Shown in the list after the name; the first are there from the start, `more` when chosen. */
  columns: string[];
  more?: string[];
  /** Fields a list can be narrowed by, beside its location. */
  filters?: string[];
  /** Fields by heading; what is not named stands at the end. */
  sections: { title: string; fields: string[] }[];
  /** Its table as CSV. */
  table?: "devices" | "phone_numbers";
  /** A secret that is made up and shown once. */
  secret?: "secret" | "pin";
  /** Name is more than a name (a SIP login): not to be changed in passing. */
  fixedName?: boolean;
}

const basics = (...fields: string[]) => ({ title: "Basics", fields: ["name", ...fields, "location_id", "enabled"] });

export const KINDS: readonly KindInfo[] = [
  {
    kind: "phone_number",
    resource: "phone-numbers",
    one: "phone number",
    many: "Phone numbers",
    lead: "The numbers people call you on, and where each of them leads.",
    schema: "PhoneNumber",
    columns: ["number", "destination", "trunk_id", "location_id", "enabled"],
    more: ["caller_name_prefix", "updated_at"],
    filters: ["enabled", "trunk_id"],
    sections: [
      { title: "Basics", fields: ["number", "name", "location_id", "enabled"] },
      { title: "Where its calls go", fields: ["destination", "recording"] },
      { title: "Carrier", fields: ["trunk_id", "caller_name_prefix"] },
    ],
    table: "phone_numbers",
  },
  {
    kind: "extension",
    resource: "extensions",
    one: "extension",
    many: "Extensions",
    lead: "People and rooms with a short number. An extension rings all of its phones.",
    schema: "Extension",
    columns: ["number", "location_id", "voicemail_box_id", "enabled"],
    more: ["caller_number", "ring_s", "no_answer", "busy", "updated_at"],
    filters: ["enabled"],
    sections: [
      basics("number"),
      { title: "When nobody answers", fields: ["ring_s", "voicemail_box_id", "no_answer", "busy"] },
      { title: "Outgoing calls", fields: ["caller_number"] },
    ],
  },
  {
    kind: "device",
    resource: "devices",
    one: "phone",
    many: "Phones",
    lead: "Desk phones, apps and browser phones. Each logs in with a name and a secret of its own.",
    schema: "Device",
    columns: ["extension_id", "registered", "media", "location_id", "enabled"],
    more: ["max_contacts", "updated_at"],
    filters: ["enabled", "media", "extension_id"],
    sections: [basics("extension_id"), { title: "Connection", fields: ["secret", "media", "max_contacts", "codecs"] }],
    table: "devices",
    secret: "secret",
    fixedName: true,
  },
  {
    kind: "ivr_menu",
    resource: "ivr-menus",
    one: "menu",
    many: "Menus",
    lead: "“For sales, press one”: callers hear a greeting and choose with a key.",
    schema: "IvrMenu",
    columns: ["number", "options", "location_id"],
    more: ["prompt", "on_timeout", "on_invalid", "dial_extensions", "updated_at"],
    sections: [
      basics("number"),
      { title: "What callers hear", fields: ["prompt", "invalid_prompt"] },
      { title: "Keys", fields: ["options", "dial_extensions"] },
      { title: "Without a good key", fields: ["wait_s", "attempts", "on_timeout", "on_invalid"] },
    ],
  },
  {
    kind: "time_condition",
    resource: "time-conditions",
    one: "opening hours",
    many: "Opening hours",
    lead: "Calls go one way while you are open, and another when you are closed or on holiday.",
    schema: "TimeCondition",
    columns: ["open", "closed", "location_id"],
    more: ["holiday", "timezone", "updated_at"],
    sections: [
      basics("timezone"),
      { title: "Hours", fields: ["open_hours", "holiday_calendar_ids"] },
      { title: "Where calls go", fields: ["open", "closed", "holiday"] },
    ],
  },
  {
    kind: "holiday_calendar",
    resource: "holiday-calendars",
    one: "holiday calendar",
    many: "Holidays",
    lead: "Days on which your usual hours don't hold.",
    schema: "HolidayCalendar",
    columns: ["holidays", "location_id"],
    more: ["updated_at"],
    sections: [basics(), { title: "Days", fields: ["holidays"] }],
  },
  {
    kind: "queue",
    resource: "queues",
    one: "queue",
    many: "Queues",
    lead: "Callers wait in line until one of its members is free.",
    schema: "Queue",
    columns: ["number", "members", "overflow", "location_id"],
    more: ["strategy", "max_wait_s", "max_waiting", "updated_at"],
    filters: ["strategy"],
    sections: [
      basics("number"),
      { title: "Who answers", fields: ["members", "strategy", "member_ring_s", "retry_s", "wrap_up_s", "whisper"] },
      {
        title: "Waiting",
        fields: ["max_wait_s", "max_waiting", "overflow", "join_empty", "announce_position", "music"],
      },
      { title: "Recording", fields: ["recording"] },
    ],
  },
  {
    kind: "ring_group",
    resource: "ring-groups",
    one: "ring group",
    many: "Ring groups",
    lead: "Several extensions ring at once or in turn; nobody waits in line.",
    schema: "RingGroup",
    columns: ["number", "extension_ids", "no_answer", "location_id"],
    more: ["strategy", "ring_s", "updated_at"],
    filters: ["strategy"],
    sections: [
      basics("number"),
      { title: "Who rings", fields: ["extension_ids", "strategy", "ring_s"] },
      { title: "When nobody answers", fields: ["no_answer"] },
    ],
  },
  {
    kind: "voicemail_box",
    resource: "voicemail-boxes",
    one: "voicemail box",
    many: "Voicemail boxes",
    lead: "Where callers leave messages. Give a box to an extension, or send calls to it.",
    schema: "VoicemailBox",
    columns: ["number", "email", "location_id"],
    more: ["max_messages", "max_message_s", "updated_at"],
    sections: [
      basics("number", "pin"),
      { title: "Messages", fields: ["greeting", "email", "max_messages", "max_message_s"] },
    ],
    secret: "pin",
  },
  {
    kind: "prompt",
    resource: "prompts",
    one: "prompt",
    many: "Prompts",
    lead: "What callers hear: a text spoken by our voice, or a recording of your own.",
    schema: "Prompt",
    columns: ["text", "then", "location_id"],
    more: ["updated_at"],
    sections: [basics(), { title: "Sound", fields: ["text", "then"] }],
  },
  {
    kind: "trunk",
    resource: "trunks",
    one: "trunk",
    many: "Trunks",
    lead: "Lines to your carriers: calls to and from the outside pass here.",
    schema: "Trunk",
    columns: ["host", "state", "identity", "location_id", "enabled"],
    more: ["username", "transport", "country", "number_format", "max_calls", "updated_at"],
    filters: ["enabled", "identity"],
    sections: [
      basics(),
      {
        title: "Connection",
        fields: ["identity", "host", "port", "transport", "username", "password", "source_networks", "codecs"],
      },
      {
        title: "Numbers and limits",
        fields: ["caller_id", "country", "number_format", "trust_caller_name", "max_calls"],
      },
    ],
  },
  {
    kind: "outbound_route",
    resource: "outbound-routes",
    one: "outbound route",
    many: "Outbound routes",
    lead: "Which trunk carries which numbers. Routes are tried in order of their position.",
    schema: "OutboundRoute",
    columns: ["pattern", "position", "trunk_ids", "location_id", "enabled"],
    more: ["strip", "prepend", "caller_number", "emergency", "updated_at"],
    filters: ["enabled", "emergency"],
    sections: [
      basics("position"),
      { title: "Which calls", fields: ["pattern", "emergency"] },
      { title: "How they go out", fields: ["trunk_ids", "strip", "prepend", "caller_number", "recording"] },
    ],
  },
  {
    kind: "routing_template",
    resource: "routing-templates",
    one: "routing template",
    many: "Templates",
    lead: "One call flow for many locations. Change it once, and all of them follow.",
    schema: "RoutingTemplate",
    columns: ["entry", "parts"],
    more: ["slots", "location_id", "updated_at"],
    sections: [basics(), { title: "Call flow", fields: ["parts", "entry", "slots"] }],
  },
  {
    kind: "location_routing",
    resource: "location-routings",
    one: "location's routing",
    many: "Locations on templates",
    lead: "Which template a location follows, what it fills in, and what it does otherwise.",
    schema: "LocationRouting",
    columns: ["template_id", "location_id"],
    more: ["slots", "overrides", "updated_at"],
    filters: ["template_id"],
    sections: [
      { title: "Basics", fields: ["name", "location_id", "template_id"] },
      { title: "At this location", fields: ["slots", "overrides"] },
    ],
  },
];

const byResource = new Map(KINDS.map((info) => [info.resource, info]));
const byKind = new Map(KINDS.map((info) => [info.kind, info]));

/** @throws Error: there is no such kind. */
export function kindOf(kindOrResource: string): KindInfo {
  const info = byKind.get(kindOrResource) ?? byResource.get(kindOrResource);
  if (!info) throw new Error(`no such kind: ${kindOrResource}`);
  return info;
}

/** The same for names that may be of none of these, such as a flow test's. */
export function findKind(kindOrResource: string): KindInfo | undefined {
  return byKind.get(kindOrResource) ?? byResource.get(kindOrResource);
}

/** The kind whose pages have this address. */
export function findResource(resource: string | undefined): KindInfo | undefined {
  return byResource.get(resource ?? "");
}

/** "an extension", "a queue". */
export function withArticle(words: string): string {
  if (/hours$/.test(words)) return words;
  return `${/^[aeiou]/.test(words) ? "an" : "a"} ${words}`;
}
