/** The lists that stand together under one entry of the menu; apart from the kinds, for the shell needs only these. */
export const GROUPS: readonly { label: string; resources: string[] }[] = [
  { label: "Numbers", resources: ["phone-numbers"] },
  { label: "Phones & extensions", resources: ["extensions", "devices"] },
  { label: "Menus & hours", resources: ["ivr-menus", "time-conditions", "holiday-calendars"] },
  { label: "Queues & groups", resources: ["queues", "ring-groups"] },
  { label: "Voicemail boxes", resources: ["voicemail-boxes"] },
  { label: "Prompts", resources: ["prompts"] },
  { label: "Trunks & routes", resources: ["trunks", "outbound-routes"] },
  { label: "Templates", resources: ["routing-templates", "location-routings"] },
];
