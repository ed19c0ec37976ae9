/** Who is asking, known as early as can be: nothing can be asked, and little drawn, before. */
import { api, data, type Schemas } from "@/api/client";
import { queries } from "@/api/queries";
import { currentSession, openSession } from "./session";

export type Me = Schemas["Me"];

/** Who is asking, as somebody who works in that organisation; null: in one's own. */
export function meQuery(organizationId: string | null) {
  return { queryKey: ["me", organizationId], queryFn: () => data(api.GET("/api/v1/auth/me")) };
}

/** Who is logged in; null: nobody, or it can't be known. */
export async function whoIsIn(): Promise<Me | null> {
  await openSession();
  const { accessToken, organizationId } = currentSession();
  return accessToken ? await queries.ensureQueryData(meQuery(organizationId)).catch(() => null) : null;
}
