import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Link } from "react-router";
import { ProblemView } from "@/ui/ProblemView";
import { type Softphone, usePrepareSoftphone } from "./queries";
import { text } from "./text";

/** What is still missing for a browser phone, and who can do something about it. */
export function Setup({ softphone }: { softphone: Softphone }) {
  const prepare = usePrepareSoftphone();
  const { state, may_prepare } = softphone;
  return (
    <Stack sx={{ gap: 1.5 }}>
      <Typography variant="h6" component="h2">
        {text.title}
      </Typography>
      <Typography>{text.setup[state as keyof typeof text.setup]}</Typography>
      {state === "no_device" && !may_prepare && <Typography color="textSecondary">{text.setup.askManager}</Typography>}
      {state === "no_device" && may_prepare && (
        <Button variant="contained" loading={prepare.isPending} onClick={() => prepare.mutate()}>
          {text.setup.prepare}
        </Button>
      )}
      {state === "not_applied" && may_prepare && (
        <Button component={Link} to="/changes" variant="outlined">
          {text.setup.review}
        </Button>
      )}
      {prepare.isError && <ProblemView error={prepare.error} />}
    </Stack>
  );
}
