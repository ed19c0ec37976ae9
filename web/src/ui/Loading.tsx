import CircularProgress from "@mui/material/CircularProgress";
import Stack from "@mui/material/Stack";
import { useEffect, useState } from "react";
import { text } from "./text";

/** A spinner, after a moment: what comes at once shall not flicker. */
export function Loading() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Stack role="status" sx={{ alignItems: "center", p: 6, minHeight: 160 }}>
      {late && <CircularProgress aria-label={text.states.loading} />}
    </Stack>
  );
}
