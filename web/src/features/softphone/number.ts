/** What phones can dial, out of what people type and paste: "+1 (202) 555-0142" is +12025550142. */
export function dialable(typed: string): string {
  const digits = typed.replace(/[^0-9*#]/g, "");
  return typed.trim().startsWith("+") ? `+${digits}` : digits;
}
