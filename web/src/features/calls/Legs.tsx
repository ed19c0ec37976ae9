import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import { duration } from "@/ui/format";
import type { CallDetail } from "./queries";
import { text } from "./text";

const ROLES: Record<string, string> = { caller: "Caller", phone: "Phone", trunk: "Trunk", node: "Another node" };

/** Each channel's part of the call. */
export function Legs({ call }: { call: CallDetail }) {
  const { who, ring, talk, outcome, channel } = text.legColumns;
  return (
    <TableContainer tabIndex={0}>
      <Table size="small">
        <TableHead>
          <TableRow>
            {[who, ring, talk, outcome, channel].map((label) => (
              <TableCell key={label}>{label}</TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {call.legs.map((leg) => (
            <TableRow key={String(leg.channel)}>
              <TableCell>{ROLES[String(leg.role)] ?? String(leg.role)}</TableCell>
              <TableCell>{seconds(leg.ring_s)}</TableCell>
              <TableCell>{seconds(leg.talk_s)}</TableCell>
              <TableCell>{String(leg.outcome ?? "")}</TableCell>
              <TableCell sx={{ overflowWrap: "anywhere", fontFamily: "monospace" }}>{String(leg.channel)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function seconds(value: unknown): string {
  return duration(typeof value === "number" ? value : null);
}
