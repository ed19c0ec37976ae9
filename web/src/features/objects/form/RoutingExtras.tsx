import Button from "@mui/material/Button";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { api, data } from "@/api/client";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { findKind } from "../kinds";
import { type ConfigObject, etagOf, useChanged } from "../queries";
import { labelOf } from "../schema";
import { text } from "../text";

/** What a location's routing really becomes, and the way out of its template. */
export function RoutingExtras({ routing }: { routing: ConfigObject }) {
  const path = { object_id: routing.id };
  const writable = useMay()("location-routings:write");
  const { ask, notify, notifyProblem } = useDialogs();
  const navigate = useNavigate();
  const changed = useChanged();
  const made = useQuery({
    queryKey: ["location-routings", "made", routing.id, routing.version],
    queryFn: () => data(api.GET("/api/v1/location-routings/{object_id}/objects", { params: { path } })),
  });

  async function detach() {
    const { detach, detachTitle, detachBody, detached } = text.template;
    if (!(await ask({ title: detachTitle, body: detachBody, confirm: detach, dangerous: true }))) return;
    try {
      const params = { path, header: { "if-match": etagOf(routing) } };
      await api.POST("/api/v1/location-routings/{object_id}/detach", { params });
      changed("location-routings");
      notify(detached);
      navigate("/config/location-routings");
    } catch (error) {
      notifyProblem(error);
    }
  }

  return (
    <Paper component="section" aria-label={text.template.becomes} sx={{ p: 2 }}>
      <Typography variant="subtitle1" component="h2" gutterBottom>
        {text.template.becomes}
      </Typography>
      {made.isPending && <Loading />}
      {made.isError && <ProblemView error={made.error} />}
      {made.data?.map(({ id, kind, name, overridden }) => (
        <Typography key={id} variant="body2" sx={{ overflowWrap: "anywhere" }}>
          <bdi>{name}</bdi>
          <Typography component="span" variant="body2" color="textSecondary">
            {` · ${findKind(kind)?.one ?? kind}`}
            {overridden.length > 0 &&
              ` · ${text.template.overridden(overridden.map((field) => labelOf("", field)).join(", "))}`}
          </Typography>
        </Typography>
      ))}
      {writable && (
        <Button size="small" color="error" onClick={detach} sx={{ mt: 1 }}>
          {text.template.detach}
        </Button>
      )}
    </Paper>
  );
}
