/** The one door to the REST API: typed by our OpenAPI description, logs in again by itself, throws problems. */
import createClient, { type Middleware } from "openapi-fetch";
import { currentSession, renewSession } from "@/session/session";
import { ApiProblem, problemFrom } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

const authorize: Middleware = {
  onRequest({ request }) {
    const { accessToken, organizationId } = currentSession();
    if (accessToken && !request.headers.has("Authorization"))
      request.headers.set("Authorization", `Bearer ${accessToken}`);
    if (organizationId) request.headers.set("X-Organization", organizationId);
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemFrom(response);
  },
};

/** `fetch` that says what to do when nothing answers, and that tries once more with a new access token. */
async function reachingFetch(request: Request): Promise<Response> {
  const again = request.clone();
  const first = await reach(request);
  if (first.status !== 401 || request.url.includes("/auth/")) return first;
  const token = await renewSession().catch(() => {
    throw unreachable(true); // the API refused it: nothing was done
  });
  if (!token) return first;
  again.headers.set("Authorization", `Bearer ${token}`);
  return reach(again);
}

/** What is asked by POST and changes nothing. */
const ASKS = /\/(config\/plan|simulations|prompts\/preview)$/;

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable(request.method === "GET" || ASKS.test(new URL(request.url).pathname));
  }
}

/** Of what was to change something the answer alone may be lost. */
function unreachable(unchanged: boolean): ApiProblem {
  return new ApiProblem(0, {
    title: "The server can't be reached",
    detail: unchanged ? "Nothing was changed." : "It is not known whether it was done: look before you do it again.",
    hint: "Check the network. Calls go on: phones don't need this page.",
    slug: "unreachable",
  });
}

export const api = createClient<paths>({ baseUrl: "", fetch: reachingFetch });
api.use(authorize);

/** Fetches a file with our login, such as a recording: an `<audio src>` can't carry a token. */
export async function fetchFile(path: string, signal?: AbortSignal, asked?: object): Promise<Blob> {
  const { accessToken, organizationId } = currentSession();
  const headers: Record<string, string> = { Authorization: `Bearer ${accessToken}` };
  if (organizationId) headers["X-Organization"] = organizationId;
  if (asked) headers["Content-Type"] = "application/json";
  const how = asked ? { method: "POST", body: JSON.stringify(asked) } : {};
  const response = await reachingFetch(new Request(path, { ...how, headers, signal: signal ?? null }));
  if (!response.ok) throw await problemFrom(response);
  return response.blob();
}

/** The body of an answer that has one. */
export async function data<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
