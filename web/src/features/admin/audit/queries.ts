import { api, data, type Schemas } from "@/api/client";
import { usePages } from "@/ui/pages";

export type AuditLine = Schemas["AuditRead"];

export interface AuditFilter {
  actor: string;
  kind: string;
  action: string;
  object: string;
  /** Local times as an input gives them. */
  from: string;
  to: string;
}

export function useAuditLog(filter: AuditFilter) {
  const query = {
    actor: filter.actor || undefined,
    kind: filter.kind || undefined,
    action: filter.action || undefined,
    object_id: filter.object || undefined,
    from: moment(filter.from),
    to: moment(filter.to),
  };
  return usePages(["audit-log", query], (cursor) =>
    data(api.GET("/api/v1/audit-log", { params: { query: { ...query, cursor } } })),
  );
}

function moment(local: string): string | undefined {
  const at = new Date(local);
  return local && !Number.isNaN(at.valueOf()) ? at.toISOString() : undefined;
}
