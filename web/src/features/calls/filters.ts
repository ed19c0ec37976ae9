/** What the call log is narrowed to: kept in the page's address, asked of the API. */
import type { operations } from "@/api/schema";
import { addDays, dayAt, dayBegins, weekBegins } from "./time";

export type CallQuery = NonNullable<operations["list_calls_api_v1_calls_get"]["parameters"]["query"]>;

export const FILTERS = [
  "when",
  "from",
  "to",
  "direction",
  "status",
  "number",
  "location",
  "queue",
  "extension",
  "contact",
  "min",
  "max",
  "tag",
  "q",
  "sort",
] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filters = Partial<Record<FilterName, string>>;

/** The filters in an address; others' parameters and empty ones are left out. */
export function readFilters(params: URLSearchParams): Filters {
  const entries = FILTERS.map((name) => [name, params.get(name)?.trim()] as const);
  return Object.fromEntries(entries.filter(([, value]) => value));
}

export function writeFilters(filters: Filters): URLSearchParams {
  const params = new URLSearchParams();
  for (const name of FILTERS) {
    const value = filters[name]?.trim();
    if (value) params.set(name, value);
  }
  return params;
}

/** Does it narrow anything? Order is no filter. */
export function narrows(filters: Filters): boolean {
  return FILTERS.some((name) => name !== "sort" && filters[name]);
}

type Days = { first?: string; last?: string };

function daysOf({ when, from, to }: Filters, today: string): Days {
  const monday = weekBegins(today);
  const known: Record<string, Days> = {
    today: { first: today, last: today },
    yesterday: { first: addDays(today, -1), last: addDays(today, -1) },
    week: { first: addDays(today, -6), last: today },
    lastweek: { first: addDays(monday, -7), last: addDays(monday, -1) },
    month: { first: addDays(today, -29), last: today },
  };
  return known[when ?? ""] ?? { first: from, last: to };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Leaves out what is no day: addresses are typed by people too. */
function validDays({ first, last }: Days): Days {
  const valid = (day?: string) => (day && DAY.test(day) && !Number.isNaN(Date.parse(day)) ? day : undefined);
  return { first: valid(first), last: valid(last) };
}

/** `+1 (202) 555-01` as the API takes it. */
export function plainNumber(text: string): string {
  return text.replace(/[\s().-]/g, "").slice(0, 21);
}

function seconds(text: string | undefined): number | undefined {
  const value = Number(text);
  return text && value >= 0 ? value : undefined;
}

/**
 * The same for the API.
 * @param zone whose days are meant
 * @param location the page's chosen location, unless the filters name one
 */
export function toQuery(filters: Filters, zone: string, now: number, location: string | null): CallQuery {
  const { first, last } = validDays(daysOf(filters, dayAt(now, zone)));
  const number = plainNumber(filters.number ?? "");
  const query: CallQuery = {
    from: first && dayBegins(first, zone),
    to: last && dayBegins(addDays(last, 1), zone),
    direction: filters.direction as CallQuery["direction"],
    status: filters.status as CallQuery["status"],
    number: /^\+?[0-9*#]+$/.test(number) ? number : undefined,
    location_id: filters.location ?? location ?? undefined,
    queue_id: filters.queue,
    extension_id: filters.extension,
    contact_id: filters.contact,
    min_duration_s: seconds(filters.min),
    max_duration_s: seconds(filters.max),
    tag: filters.tag,
    q: filters.q,
    sort: filters.sort === "started_at" ? "started_at" : undefined,
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}
