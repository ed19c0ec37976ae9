/** The editor of a flow: its bar, the canvas or the outline, and beside it settings or the trial. */
import Box from "@mui/material/Box";
import Drawer from "@mui/material/Drawer";
import Paper from "@mui/material/Paper";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useReactFlow } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import type { Catalog } from "@/flow/document/catalog";
import { graphOf } from "@/flow/document/graph";
import { seat } from "@/flow/document/layout";
import { keepPlaces } from "@/flow/document/places";
import { isDirty } from "@/flow/document/save";
import { useFlow } from "@/flow/document/store";
import { type FlowDocument, nameOf, type Point } from "@/flow/document/types";
import { edit } from "@/flow/history/store";
import { useSelection } from "@/flow/selection/store";
import { problemsOf, problemsOfPlan } from "@/flow/validation/rules";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { phoneNumber } from "@/ui/format";
import { Page } from "@/ui/Page";
import { useLeaveGuard } from "@/ui/useLeaveGuard";
import { lead } from "./actions";
import { Bar } from "./Bar";
import { ChooseGoal } from "./ChooseGoal";
import { Canvas } from "./canvas/Canvas";
import { onFlowKey } from "./canvas/keys";
import { Palette } from "./canvas/Palette";
import { type Editor, EditorContext, type Way } from "./editor";
import { Outline } from "./outline/Outline";
import { NodePanel } from "./panel/NodePanel";
import { usePlanProblems } from "./queries";
import { type Simulation, TrialPanel } from "./trial/TrialPanel";
import { trailOf } from "./trial/trail";
import { useSaving } from "./useSaving";

export function Designer({ catalog, onReload }: { catalog: Catalog; onReload: () => void }) {
  const document = useFlow((state) => state.document);
  return document && <OpenDesigner catalog={catalog} document={document} onReload={onReload} />;
}

interface Props {
  catalog: Catalog;
  document: FlowDocument;
  onReload: () => void;
}

function OpenDesigner({ catalog, document, onReload }: Props) {
  const saved = useFlow((state) => state.saved);
  const may = useMay();
  const { notifyProblem } = useDialogs();
  const wide = useMediaQuery("(min-width: 900px)");
  const [search, setSearch] = useSearchParams();
  const view = search.get("view") ?? (wide ? "canvas" : "outline");
  const [way, setWay] = useState<Way | null>(null);
  const [trying, setTrying] = useState(false);
  const [played, setPlayed] = useState<Simulation | null>(null);
  const [step, setStep] = useState(0);
  const { nodeId } = useSelection();
  const saving = useSaving(catalog, onReload);
  const plan = usePlanProblems();
  const graph = useMemo(() => graphOf(catalog, document), [catalog, document]);
  const dirty = useMemo(() => isDirty(catalog, document, saved), [catalog, document, saved]);
  const { seats, tidy } = useSeats(document, graph);
  useLeaveGuard(dirty);

  const editor = useMemo<Editor>(
    () => ({
      catalog,
      document,
      graph,
      problems: [...problemsOf(catalog, graph), ...saving.refused, ...problemsOfPlan(graph, saved, plan.data ?? [])],
      mayWrite: (kind) => may(`${catalog.kinds[kind]?.resource}:write`),
      choose: setWay,
      trail: played && trailOf(graph, document.entry, played.steps, step),
    }),
    [catalog, document, graph, saving.refused, saved, plan.data, may, played, step],
  );
  const { fitView } = useReactFlow();
  useEffect(() => {
    if (trying) requestAnimationFrame(() => void fitView({ maxZoom: 1, padding: 0.08 }));
  }, [trying, fitView]);
  const node = graph.nodes.find(({ id }) => id === nodeId);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => onFlowKey(event, catalog, editor.mayWrite);
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [catalog, editor.mayWrite]);
  const onPlayed = useCallback((answer: Simulation | null) => {
    setPlayed(answer);
    setStep(0);
  }, []);
  const closeTrial = () => {
    setTrying(false);
    setPlayed(null);
  };
  const side = trying ? (
    <TrialPanel dirty={dirty} played={played} onPlayed={onPlayed} step={step} onStep={setStep} onClose={closeTrial} />
  ) : (
    node?.object && <NodePanel node={node} />
  );
  const entry = document.objects[document.entry];
  const title = entry ? nameOf(entry) : "";
  const number = phoneNumber(String(entry?.fields.number ?? ""));
  return (
    <EditorContext value={editor}>
      <Page
        title={title}
        lead={number === title ? undefined : number}
        wide
        actions={
          <Bar
            view={view}
            onView={(next) => setSearch({ view: next }, { replace: true })}
            dirty={dirty}
            saving={saving}
            onTidy={tidy}
            trying={trying}
            onTry={() => (trying ? closeTrial() : setTrying(true))}
          />
        }
      >
        <Paper sx={DESK}>
          {!trying && <Palette />}
          {view === "outline" ? <Outline /> : <Canvas seats={seats} />}
          {side && wide && <Box sx={SIDE}>{side}</Box>}
        </Paper>
      </Page>
      {!wide && (
        <Drawer
          anchor="bottom"
          open={Boolean(side)}
          variant="persistent"
          slotProps={{ paper: { sx: { maxHeight: "70dvh" } } }}
        >
          {side}
        </Drawer>
      )}
      {way && (
        <ChooseGoal
          way={way}
          onClose={() => setWay(null)}
          onChoose={(goal) => {
            setWay(null);
            lead(catalog, way, goal).catch(notifyProblem);
          }}
        />
      )}
      {saving.dialogs}
    </EditorContext>
  );
}

const DESK = {
  display: "flex",
  flexDirection: { xs: "column", md: "row" },
  height: { xs: "auto", md: "calc(100dvh - 200px)" },
  minHeight: 480,
  overflow: "hidden",
} as const;

const SIDE = { width: 360, flexShrink: 0, overflow: "auto", borderLeft: 1, borderColor: "divider" } as const;

/** Places of the nodes: those made by hand, then those they had a moment ago, then the layout. */
function useSeats(document: FlowDocument, graph: Editor["graph"]) {
  const { fitView } = useReactFlow();
  const before = useRef<Record<string, Point>>({});
  const seats = useMemo(() => seat(graph, { ...before.current, ...document.positions }), [graph, document.positions]);
  useEffect(() => {
    before.current = seats;
  }, [seats]);
  useEffect(() => keepPlaces(document.entry, document.positions), [document.entry, document.positions]);

  function tidy() {
    before.current = {};
    edit("Tidy up", (now) => ({ ...now, positions: {} }));
    requestAnimationFrame(() => void fitView({ maxZoom: 1, padding: 0.12 }));
  }
  return { seats, tidy };
}
