/**
 * Who is logged in. The access token lives in memory alone; the refresh token is in an HttpOnly cookie that scripts
 * can't read. Tabs share a refresh by a lock: a refresh token is good once.
 */
import { problemFrom } from "@/api/problem";

interface Session {
  accessToken: string | null;
  expiresAt: number;
  /** Another organisation an installation admin works in; null: one's own. */
  organizationId: string | null;
}

let session: Session = {
  accessToken: null,
  expiresAt: 0,
  organizationId: sessionStorage.getItem("organization"),
};
const listeners = new Set<() => void>();

export function currentSession(): Session {
  return session;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(next: Partial<Session>): void {
  session = { ...session, ...next };
  for (const listener of listeners) listener();
}

function take(tokens: { access_token: string; expires_in_s: number }): string {
  change({ accessToken: tokens.access_token, expiresAt: Date.now() + 1000 * tokens.expires_in_s });
  return tokens.access_token;
}

function post(path: string, body: unknown): Promise<Response> {
  return fetch(`/api/v1/auth/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** @throws ApiProblem wrong password, too many tries, or the server is away. */
export async function logIn(email: string, password: string): Promise<void> {
  const response = await post("login", { email, password, cookie: true });
  if (!response.ok) throw await problemFrom(response);
  take(await response.json());
}

/** A new access token; null when the login no longer holds. Network faults leave the login as it is. */
export async function renewSession(): Promise<string | null> {
  const before = session.accessToken;
  return await alone(async () => {
    if (session.accessToken !== before) return session.accessToken; // another caller of this page was faster
    const response = await post("refresh", {});
    if (response.ok) return take(await response.json());
    if (response.status === 401) forget();
    return null;
  });
}

let opening: Promise<unknown> | undefined;

/** Looks once whether somebody is logged in. Asked before the page is drawn, the answer comes meanwhile. */
export function openSession(): Promise<unknown> {
  opening ??= renewSession().catch(() => null);
  return opening;
}

let last: Promise<unknown> = Promise.resolve();

/** One after the other. Browsers have locks for https pages alone: else each tab for itself, which the API forgives. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  if (navigator.locks) return await navigator.locks.request("call-commander-refresh", work);
  const mine = last.then(work, work);
  last = mine;
  return mine;
}

export async function logOut(): Promise<void> {
  await post("logout", {});
  forget();
}

/** Nothing of one login is left to the next. */
function forget(): void {
  sessionStorage.removeItem("organization");
  change({ accessToken: null, expiresAt: 0, organizationId: null });
}

/** Works in another organisation from now on; only installation admins may. */
export function chooseOrganization(id: string | null): void {
  if (id) sessionStorage.setItem("organization", id);
  else sessionStorage.removeItem("organization");
  change({ organizationId: id });
}
