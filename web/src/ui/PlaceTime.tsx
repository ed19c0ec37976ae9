import Box from "@mui/material/Box";
import { dateTime, foreignZone } from "./format";

interface PlaceTimeProps {
  at: string;
  /** The location's IANA zone; none: the viewer's. */
  zone: string | null | undefined;
  /** Names the zone below the time, where there is no room beside it. */
  stacked?: boolean;
}

/** A moment by the clock of its place, which is named where it differs from the viewer's. */
export function PlaceTime({ at, zone, stacked }: PlaceTimeProps) {
  const foreign = foreignZone(at, zone);
  return (
    <time dateTime={at} title={foreign && zone ? zone : undefined}>
      {dateTime(at, zone)}
      {foreign && (stacked ? <br /> : " ")}
      {foreign && (
        <Box
          component="span"
          sx={{ color: "text.secondary", display: "inline-block", lineHeight: stacked ? 1.2 : undefined }}
        >
          {foreign}
        </Box>
      )}
    </time>
  );
}
