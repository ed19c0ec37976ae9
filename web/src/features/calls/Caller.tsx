import Box from "@mui/material/Box";
import type { ContactRef } from "@/features/contacts/queries";
import { phoneNumber } from "@/ui/format";
import type { Call } from "./queries";
import { text } from "./text";

type Sides = Pick<Call, "direction" | "caller_name" | "caller_number" | "dialed_number"> & {
  contact?: ContactRef | null;
};

/** The number of whom the organisation has this call with; null inside the house. */
export function otherNumber({ direction, caller_number, dialed_number }: Sides): string | null {
  if (direction === "internal") return null;
  return direction === "inbound" ? caller_number : dialed_number;
}

/** Who calls, for people: the contact's name, else the one that was sent, else the number. */
export function callerName({ direction, contact, caller_name, caller_number }: Sides): string {
  const known = direction === "inbound" && contact?.name;
  return known || caller_name || (caller_number ? phoneNumber(caller_number) : text.anonymous);
}

/** Name and number of the caller; names come from outside and may be of any script and length. */
export function Caller({ stacked, ...call }: Sides & { stacked?: boolean }) {
  const known = call.direction === "inbound" && call.contact;
  return (
    <Side name={callerName(call)} number={known || call.caller_name ? call.caller_number : null} stacked={stacked} />
  );
}

/** Whom the call was for. */
export function Dialed({ direction, contact, dialed_number, stacked }: Sides & { stacked?: boolean }) {
  if (direction !== "outbound" || !contact) return <bdi>{phoneNumber(dialed_number)}</bdi>;
  return <Side name={contact.name} number={dialed_number} stacked={stacked} />;
}

function Side({ name, number, stacked }: { name: string; number: string | null; stacked?: boolean }) {
  return (
    <>
      <bdi>{name}</bdi>
      {number && (
        <Box
          component="span"
          sx={{
            color: "text.secondary",
            ml: stacked ? 0 : 1,
            display: stacked ? "block" : "inline-block",
            fontWeight: 400,
          }}
        >
          <bdi>{phoneNumber(number)}</bdi>
        </Box>
      )}
    </>
  );
}
