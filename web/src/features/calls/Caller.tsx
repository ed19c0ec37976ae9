import Box from "@mui/material/Box";
import { phoneNumber } from "@/ui/format";
import type { Call } from "./queries";
import { text } from "./text";

/** Who calls, for people: the name if there is one, else the number. */
export function callerName({ caller_name, caller_number }: Pick<Call, "caller_name" | "caller_number">): string {
  return caller_name || (caller_number ? phoneNumber(caller_number) : text.anonymous);
}

/** Name and number of the caller; names come from outside and may be of any script and length. */
export function Caller({ stacked, ...call }: Pick<Call, "caller_name" | "caller_number"> & { stacked?: boolean }) {
  const named = call.caller_name && call.caller_number;
  return (
    <>
      <bdi>{callerName(call)}</bdi>
      {named && (
        <Box
          component="span"
          sx={{
            color: "text.secondary",
            ml: stacked ? 0 : 1,
            display: stacked ? "block" : "inline-block",
            fontWeight: 400,
          }}
        >
          <bdi>{phoneNumber(call.caller_number)}</bdi>
        </Box>
      )}
    </>
  );
}
