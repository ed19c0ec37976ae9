import Box from "@mui/material/Box";
import Checkbox from "@mui/material/Checkbox";
import Link from "@mui/material/Link";
import Typography from "@mui/material/Typography";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, memo, useCallback, useEffect, useRef } from "react";
import { Link as RouterLink, useNavigate } from "react-router";
import { duration } from "@/ui/format";
import { PlaceTime } from "@/ui/PlaceTime";
import { Caller, callerName } from "./Caller";
import { COLUMNS, type ColumnId, type Places, SoundIcons } from "./columns";
import type { Call } from "./queries";
import { StatusChip } from "./StatusChip";
import { text } from "./text";

const ROW = 48; // pixels
const CARD = 92;
const BESIDE = 6; // rows drawn beyond the seen ones
/** Where there is no room for columns. */
export const NARROW = "(max-width: 700px)";
const AHEAD = 30; // rows before the end at which more are fetched

interface CallTableProps {
  calls: Call[];
  columns: ColumnId[];
  places: Places;
  selected: Set<string>;
  onSelect: (id: string, on: boolean) => void;
  onSelectAll: (on: boolean) => void;
  /** Asks for the next page; undefined: there is none, or it is on its way. */
  more?: () => void;
  footer: string;
}

/** A long list of which only what is seen is drawn. */
export function CallTable(props: CallTableProps) {
  const { calls, places, selected, onSelect, more, footer } = props;
  const narrow = useMediaQuery(NARROW);
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: calls.length,
    getScrollElement: () => frame.current,
    estimateSize: () => (narrow ? CARD : ROW),
    overscan: BESIDE,
    getItemKey: useCallback((index: number) => `${narrow} ${calls[index]?.id}`, [narrow, calls]),
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= calls.length - AHEAD) more();
  }, [more, last, calls.length]);

  const columns = COLUMNS.filter(({ id }) => props.columns.includes(id));
  const template = ["40px", ...columns.map(({ width, grow }) => `minmax(${width}px, ${grow || 0.001}fr)`)];
  const grid = template.join(" ");
  const width = narrow ? 0 : columns.reduce((sum, column) => sum + column.width + 6, 62);
  return (
    <Box
      ref={frame}
      role="region"
      aria-label={text.log}
      tabIndex={0}
      sx={{
        height: "max(360px, calc(100dvh - 180px))",
        overflow: "auto",
        border: 1,
        borderColor: "divider",
        borderRadius: 1,
        bgcolor: "background.paper",
      }}
    >
      <Box role="table" aria-label={text.log} aria-rowcount={-1} sx={{ minWidth: width }}>
        {!narrow && <Head {...props} columns={columns.map(({ id }) => id)} grid={grid} />}
        <Box role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
          {shown.map(({ index, key, start, size }) => {
            const call = calls[index];
            return (
              call && (
                <Row
                  key={key}
                  call={call}
                  index={index}
                  top={start}
                  height={size}
                  grid={grid}
                  narrow={narrow}
                  columns={props.columns}
                  places={places}
                  selected={selected.has(call.id)}
                  onSelect={onSelect}
                />
              )
            );
          })}
        </Box>
      </Box>
      <Typography color="textSecondary" role="status" sx={{ p: 1.5, textAlign: "center" }}>
        {footer}
      </Typography>
    </Box>
  );
}

const RULE = { borderBottom: 1, borderColor: "divider" };
const HEAD = { position: "sticky", top: 0, zIndex: 1, bgcolor: "background.paper", ...RULE };
const LINE = { display: "grid", alignItems: "center", columnGap: "6px", px: 1, typography: "body2" };
/** For the cells by their line: a component for each of hundreds of cells would take long to draw. */
const CELLS = {
  "& > .cell": { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" },
  "& > .end": { textAlign: "end", fontVariantNumeric: "tabular-nums" },
};
const CUT = { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", minWidth: 0 };

function Head({ calls, columns, grid, selected, onSelectAll }: CallTableProps & { grid: string }) {
  return (
    <Box role="rowgroup" sx={HEAD}>
      <Box role="row" sx={{ ...LINE, minHeight: 44 }} style={{ gridTemplateColumns: grid }}>
        <Box role="columnheader">
          <Checkbox
            size="small"
            checked={selected.size > 0 && selected.size >= calls.length}
            indeterminate={selected.size > 0 && selected.size < calls.length}
            onChange={(_, on) => onSelectAll(on)}
            slotProps={{ input: { "aria-label": text.bulk.selectAll } }}
          />
        </Box>
        {COLUMNS.filter(({ id }) => columns.includes(id)).map(({ id, end }) => (
          <Typography
            key={id}
            role="columnheader"
            variant="body2"
            sx={{ fontWeight: 600, textAlign: end ? "end" : "start" }}
          >
            {id === "direction" ? <Hidden>{text.columns[id]}</Hidden> : text.columns[id]}
          </Typography>
        ))}
      </Box>
    </Box>
  );
}

const UNSEEN = { position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)" };

/** For screen readers: its column is an arrow wide. */
function Hidden({ children }: { children: string }) {
  return (
    <Box component="span" sx={UNSEEN}>
      {children}
    </Box>
  );
}

interface RowProps {
  call: Call;
  index: number;
  top: number;
  height: number;
  grid: string;
  narrow: boolean;
  columns: ColumnId[];
  places: Places;
  selected: boolean;
  onSelect: CallTableProps["onSelect"];
}

const Row = memo(function Row(props: RowProps) {
  const { call, index, top, height, grid, narrow, selected, onSelect } = props;
  const navigate = useNavigate();
  function open(event: MouseEvent<HTMLElement>) {
    const onControl = (event.target as HTMLElement).closest("a, button, input, label");
    if (!onControl && !getSelection()?.toString()) navigate(`/calls/${call.id}`);
  }
  return (
    <Box
      role="row"
      aria-rowindex={index + 2}
      onClick={open}
      sx={{
        ...LINE,
        ...CELLS,
        position: "absolute",
        left: 0,
        right: 0,
        cursor: "pointer",
        ...RULE,
        bgcolor: selected ? "action.selected" : undefined,
        "&:hover": { bgcolor: "action.hover" },
      }}
      style={{ height, transform: `translateY(${top}px)`, gridTemplateColumns: narrow ? undefined : grid }}
    >
      {!narrow && (
        // biome-ignore lint/a11y/useSemanticElements: a table of which only a part is drawn has lines by their place
        <div role="cell">
          <Checkbox
            size="small"
            disableRipple
            checked={selected}
            onChange={(_, on) => onSelect(call.id, on)}
            slotProps={{ input: { "aria-label": `${text.bulk.select}: ${callerName(call)}` } }}
          />
        </div>
      )}
      {narrow ? <Card {...props} /> : <Cells {...props} />}
    </Box>
  );
});

function Cells({ call, columns, places }: RowProps) {
  return COLUMNS.filter(({ id }) => columns.includes(id)).map(({ id, end, cell }) => (
    // biome-ignore lint/a11y/useSemanticElements: as above
    <div key={id} role="cell" className={end ? "cell end" : "cell"}>
      {id === "started" ? (
        <Link component={RouterLink} to={`/calls/${call.id}`}>
          {cell(call, places)}
        </Link>
      ) : (
        cell(call, places)
      )}
    </div>
  ));
}

/** The same on a phone: two lines. */
function Card({ call, places }: RowProps) {
  return (
    <Box role="cell" sx={{ minWidth: 0, display: "grid", gap: 0.5 }}>
      <Box sx={{ ...CUT }}>
        <Link component={RouterLink} to={`/calls/${call.id}`} sx={{ fontWeight: 600 }}>
          <Caller {...call} />
        </Link>
      </Box>
      <Box sx={{ display: "flex", gap: 1, alignItems: "center", ...CUT }}>
        <StatusChip {...call} />
        <SoundIcons {...call} />
        <Typography variant="body2" noWrap>
          {text.direction[call.direction]}, {duration(call.duration_s)}
        </Typography>
      </Box>
      <Typography variant="body2" color="textSecondary" noWrap>
        <PlaceTime at={call.started_at} zone={places.zone(call.location_id)} />
      </Typography>
    </Box>
  );
}
