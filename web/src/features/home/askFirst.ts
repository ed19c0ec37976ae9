import { configStatus } from "@/api/configStatus";
import { queries } from "@/api/queries";
import { locationsQuery, wantedLocation } from "@/layout/locations";
import { whoIsIn } from "@/session/me";
import { preferencesQuery } from "@/session/preferences";
import { liveQueuesQuery } from "../queues/queries";
import { maySetUp, setupQuery } from "../setup";
import { type May, maySeeNodes, maySeeStatus, nodesQuery, statusQuery, unheardQuery } from "./queries";

/**
 * Asks what home shows before it is drawn: to draw it takes a slow machine longer than the answers. Home asks what it
 * needs once more when it is drawn, and finds it here. The figures, whose place is kept, come after.
 */
export async function askFirst(): Promise<null> {
  const me = await whoIsIn();
  if (!me) return null;
  const may: May = (scope) => me.scopes.includes(scope);
  const location = wantedLocation();
  if (may("locations:read")) queries.prefetchQuery(locationsQuery);
  queries.prefetchQuery(preferencesQuery);
  if (maySeeStatus(may)) queries.prefetchQuery(statusQuery);
  if (maySeeNodes(me, may)) queries.prefetchQuery(nodesQuery);
  if (may("queues:read")) queries.prefetchQuery(liveQueuesQuery(location));
  if (may("config:read")) queries.prefetchQuery(configStatus);
  if (may("voicemails:read")) queries.prefetchQuery(unheardQuery(location));
  if (maySetUp(may)) queries.prefetchQuery(setupQuery(queries));
  return null;
}
