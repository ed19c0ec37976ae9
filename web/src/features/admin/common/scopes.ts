/** The rights of the API in words; docs/reference/rights.md has them all. */
export interface Right {
  scope: string;
  label: string;
}

interface Group {
  name: string;
  rights: Right[];
}

const RESOURCES: [string, [string, string][]][] = [
  [
    "Calls",
    [
      ["calls", "Calls"],
      ["contacts", "Contacts"],
      ["voicemails", "Voicemail messages"],
    ],
  ],
  [
    "Telephony",
    [
      ["phone-numbers", "Phone numbers"],
      ["extensions", "Extensions"],
      ["devices", "Phones"],
      ["ring-groups", "Ring groups"],
      ["queues", "Queues"],
      ["ivr-menus", "Menus"],
      ["time-conditions", "Opening hours"],
      ["holiday-calendars", "Holidays"],
      ["voicemail-boxes", "Voicemail boxes"],
      ["prompts", "Announcements"],
      ["trunks", "Trunks"],
      ["outbound-routes", "Outbound routes"],
      ["routing-templates", "Routing templates"],
      ["location-routings", "Routing of locations"],
      ["flow-tests", "Flow tests"],
    ],
  ],
  [
    "Administration",
    [
      ["locations", "Locations"],
      ["users", "Users"],
      ["roles", "Roles"],
      ["api-keys", "API keys"],
      ["sessions", "Logins of others"],
      ["organizations", "Organisations"],
      ["nodes", "Nodes"],
    ],
  ],
];

const SINGLE: Record<string, Right[]> = {
  Calls: [
    { scope: "calls:control", label: "Start and hang up calls" },
    { scope: "recordings:read", label: "Hear recordings and read transcripts" },
  ],
  Telephony: [
    { scope: "config:read", label: "See releases, export the configuration" },
    { scope: "config:plan", label: "Check changes, import files" },
    { scope: "config:apply", label: "Apply changes and roll back" },
  ],
  Administration: [{ scope: "audit-log:read", label: "See who changed what" }],
};

/** Every right that this page has words for, in groups. */
export const RIGHTS: Group[] = RESOURCES.map(([name, resources]) => ({
  name,
  rights: [
    ...resources.flatMap(([resource, words]) => [
      { scope: `${resource}:read`, label: `${words}: see` },
      { scope: `${resource}:write`, label: `${words}: make, change, delete` },
    ]),
    ...(SINGLE[name] ?? []),
  ],
}));

const KNOWN = new Set(RIGHTS.flatMap(({ rights }) => rights.map(({ scope }) => scope)));

/** The groups that a list of scopes touches; scopes without words here are shown as the API calls them. */
export function groupsOf(scopes: readonly string[]): Group[] {
  const found = RIGHTS.map(({ name, rights }) => ({
    name,
    rights: rights.filter(({ scope }) => scopes.includes(scope)),
  }));
  const others = scopes.filter((scope) => !KNOWN.has(scope)).map((scope) => ({ scope, label: scope }));
  return [...found, { name: "Others", rights: others }].filter(({ rights }) => rights.length);
}
