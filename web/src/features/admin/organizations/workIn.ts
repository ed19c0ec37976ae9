import { chooseLocation } from "@/layout/locations";
import { chooseOrganization } from "@/session/session";

/** Goes to work in an organisation (null: one's own). The page begins anew, so that nothing of the other stays on it. */
export function workIn(organizationId: string | null): void {
  chooseLocation(null);
  chooseOrganization(organizationId);
  window.location.assign("/");
}
