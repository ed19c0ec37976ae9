/** What phones can dial, out of what people type and paste: "+1 (202) 555-0142" is +12025550142, a name nothing. */
export function dialable(typed: string): string {
  if (/\p{L}/u.test(typed)) return "";
  const digits = typed.replace(/[^0-9*#]/g, "");
  return typed.trim().startsWith("+") ? `+${digits}` : digits;
}
