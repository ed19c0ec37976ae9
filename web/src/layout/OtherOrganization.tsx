import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import { workIn } from "@/features/admin/organizations/workIn";
import { useMe } from "@/session/SessionProvider";
import { text } from "@/ui/text";

/** Says whose organisation is shown, while an installation admin works in one that is not their own. */
export function OtherOrganization() {
  const me = useMe();
  if (!me.user || me.user.org_id === me.org_id) return null;
  return (
    <Alert
      severity="info"
      sx={{ mb: 2 }}
      action={
        <Button color="inherit" size="small" onClick={() => workIn(null)}>
          {text.organizations.back}
        </Button>
      }
    >
      {text.organizations.other} <bdi>{me.organization}</bdi>
    </Alert>
  );
}
