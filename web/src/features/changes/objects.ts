/** Where the page of an object is, and what its kind is called. */
const RESOURCES: Record<string, string> = {
  ivr_menu: "ivr-menus",
  voicemail_box: "voicemail-boxes",
};

/** The page of an object; null for what has none of its own. */
export function objectPath(kind: string, id: string | null | undefined): string | null {
  if (!id || !kind) return null;
  if (kind === "flow_test") return `/flow-tests/${id}`;
  if (kind === "location") return "/admin/locations";
  return `/config/${RESOURCES[kind] ?? `${kind.replaceAll("_", "-")}s`}/${id}`;
}

/** "Ring group", "IVR menu" */
export function kindWords(kind: string): string {
  const words = kind.replaceAll("_", " ").replace("ivr", "IVR");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
