/** What can be added: dragged onto the canvas, or added by a press. */
import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { Catalog } from "@/flow/document/catalog";
import { kindWords, lookOf } from "@/flow/nodes/kinds";
import { addNode } from "../actions";
import { useEditor } from "../editor";
import { words } from "../text";

/** The type of what is dragged: the name of a kind. */
export const DRAGGED_KIND = "application/x-flow-kind";

/** Kinds that can be made here: what calls can be sent to, unless its form needs more than a panel has. */
export function makeableKinds(catalog: Catalog): string[] {
  const kinds = Object.values(catalog.destinations).filter((kind) => kind !== null);
  return kinds.filter((kind) => {
    const shape = catalog.kinds[kind];
    return shape && !shape.ports.some(({ many }) => many === "map");
  });
}

export function Palette() {
  const { catalog, mayWrite } = useEditor();
  const kinds = makeableKinds(catalog).filter(mayWrite);
  if (!kinds.length) return null;
  return (
    <Box component="section" aria-label={words.actions.addHint} sx={PALETTE}>
      <Stack sx={{ flexDirection: { xs: "row", md: "column" }, gap: 0.5 }}>
        {kinds.map((kind) => (
          <Entry key={kind} kind={kind} onAdd={() => void addNode(catalog, kind)} />
        ))}
      </Stack>
    </Box>
  );
}

const PALETTE = {
  display: "flex",
  flexDirection: "column",
  gap: 1,
  p: 1,
  width: { md: 104 },
  flexShrink: 0,
  borderRight: { md: 1 },
  borderBottom: { xs: 1, md: 0 },
  borderColor: { xs: "divider", md: "divider" },
  overflow: "auto",
} as const;

function Entry({ kind, onAdd }: { kind: string; onAdd: () => void }) {
  const { icon: Icon, tone } = lookOf(kind);
  return (
    <ButtonBase
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAGGED_KIND, kind);
        event.dataTransfer.effectAllowed = "copy";
      }}
      onClick={onAdd}
      title={words.actions.addHint}
      sx={{
        flexDirection: "column",
        gap: 0.5,
        p: 0.75,
        minWidth: 80,
        borderRadius: 1.5,
        border: 1,
        borderColor: "divider",
        bgcolor: "background.paper",
        cursor: "grab",
        flexShrink: 0,
        "&:hover": { borderColor: "primary.main" },
      }}
    >
      <Icon fontSize="small" color={tone} />
      <Typography variant="caption" sx={{ lineHeight: 1.2 }}>
        {kindWords(kind)}
      </Typography>
    </ButtonBase>
  );
}
