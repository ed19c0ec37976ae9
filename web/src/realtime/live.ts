/**
 * The WebSocket `/api/v1/events`: a snapshot, then events. One connection for the whole page; it comes back by itself
 * and misses nothing, because it names the last event it has seen.
 */
import { useEffect, useSyncExternalStore } from "react";
import { currentSession, renewSession } from "@/session/session";

export interface LiveEvent {
  type: "event";
  id: number;
  name: string;
  subject: string;
  location_id: string | null;
  occurred_at: string;
  data: Record<string, unknown>;
}

interface LiveState {
  connected: boolean;
  /** Live calls by id, as the snapshot and the events tell. */
  calls: ReadonlyMap<string, Record<string, unknown>>;
  /** A snapshot has come: no call in `calls` means that there is none. */
  known: boolean;
}

const SILENCE_MS = 30_000; // a ping comes after 20 s
const LOGGED_OUT = 4401;
const UNKNOWN_EVENT = 4404;

const NOTHING: LiveState = { connected: false, calls: new Map(), known: false };

let state = NOTHING;
let socket: WebSocket | null = null;
let lastId: number | null = null;
let wanted = false;
let tries = 0;
let silence: ReturnType<typeof setTimeout> | undefined;
const watchers = new Set<() => void>();
const listeners = new Set<(event: LiveEvent) => void>();

function change(next: Partial<LiveState>): void {
  state = { ...state, ...next };
  for (const watcher of watchers) watcher();
}

function heard(): void {
  clearTimeout(silence);
  silence = setTimeout(() => socket?.close(), SILENCE_MS);
}

function onMessage(message: MessageEvent<string>): void {
  heard();
  tries = 0; // not when it opens: the API opens it also to say that the login no longer holds
  const told = JSON.parse(message.data);
  if (told.type === "snapshot") {
    lastId = told.as_of;
    change({ calls: new Map(told.live_calls.map((call: { id: string }) => [call.id, call])), known: true });
  } else if (told.type === "event") {
    lastId = told.id;
    if (told.name.startsWith("call.")) follow(told);
    for (const listener of listeners) listener(told);
  }
}

/** Keeps a call while it is live. */
function follow(event: LiveEvent): void {
  const calls = new Map(state.calls);
  if (event.data.status === "live")
    calls.set(event.subject, {
      ...calls.get(event.subject),
      ...event.data,
      id: event.subject,
      location_id: event.location_id,
    });
  else calls.delete(event.subject);
  change({ calls });
}

function connect(): void {
  const { accessToken, organizationId } = currentSession();
  if (!wanted || !accessToken) return;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const query = new URLSearchParams({
    ...(lastId !== null && { after: String(lastId) }),
    ...(organizationId && { organization: organizationId }),
  });
  const mine = new WebSocket(`${scheme}://${location.host}/api/v1/events?${query}`, ["bearer", accessToken]);
  socket = mine;
  mine.onopen = () => {
    heard();
    change({ connected: true });
  };
  mine.onmessage = onMessage;
  mine.onclose = async ({ code }) => {
    if (socket !== mine) return;
    clearTimeout(silence);
    change({ connected: false });
    if (code === UNKNOWN_EVENT) lastId = null;
    if (code === LOGGED_OUT) await renewSession().catch(() => null); // where the login is gone, `connect` gives up
    setTimeout(() => socket === mine && connect(), Math.min(15_000, 500 * 2 ** tries++) * (0.75 + Math.random() / 2));
  };
}

/** Keeps the connection while the page is shown to somebody; used once, by the shell. */
export function useLiveConnection(): void {
  useEffect(() => {
    wanted = true;
    tries = 0;
    connect();
    return () => {
      wanted = false;
      lastId = null;
      const mine = socket;
      socket = null;
      clearTimeout(silence);
      mine?.close();
      change(NOTHING);
    };
  }, []);
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Is what the page shows live? */
export function useConnected(): boolean {
  return useSyncExternalStore(watch, () => state.connected);
}

/** Live calls by id. */
export function useLiveCalls(): LiveState["calls"] {
  return useSyncExternalStore(watch, () => state.calls);
}

/** Is it known which calls are live? Not before the first snapshot. */
export function useLiveKnown(): boolean {
  return useSyncExternalStore(watch, () => state.known);
}

/** Calls `listener` for each event; it must not change on every render. */
export function useLiveEvents(listener: (event: LiveEvent) => void): void {
  useEffect(() => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, [listener]);
}
