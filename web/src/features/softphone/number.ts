/** What is written around a number: "tel:" or "Tel." before it, "ext. 5" or ";ext=5" behind. */
const AROUND = /^\s*tel\b[.:]?\s*|[\s,;]*\bext(?:\.|=|\s)\s*\d+\s*$/gi;

/**
 * What phones can dial, out of what people type and paste: "Tel. +1 (202) 555-0142 ext. 5" is +12025550142.
 * Empty for a name: an extension behind a foreign number can't be dialled with it.
 */
export function dialable(typed: string): string {
  const number = typed.replace(AROUND, "").trim();
  if (/\p{L}/u.test(number)) return "";
  const digits = number.replace(/[^0-9*#]/g, "");
  return number.startsWith("+") ? `+${digits}` : digits;
}
