/** Countries by ISO 3166 code, with the names that the browser knows. */
const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const NO_COUNTRIES = new Set(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"]);

export const countryName = (code: string): string => names.of(code) ?? code;

export const COUNTRIES: string[] = LETTERS.flatMap((first) => LETTERS.map((second) => first + second))
  .filter((code) => !NO_COUNTRIES.has(code) && names.of(code) !== undefined)
  .sort((a, b) => countryName(a).localeCompare(countryName(b)));
