/** A line from a way out to where it leads: dashed where it is the default, strong where the tried call went. */
import { BaseEdge, type Edge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";

export interface FlowEdgeData extends Record<string, unknown> {
  implied: boolean;
  lit: boolean;
}

export type FlowEdgeType = Edge<FlowEdgeData, "flow">;

export const FlowEdge = memo(function FlowEdge(props: EdgeProps<FlowEdgeType>) {
  const { id, data, selected, markerEnd } = props;
  const [path] = getBezierPath(props);
  const strong = data?.lit || selected;
  return (
    <BaseEdge
      id={id}
      path={path}
      markerEnd={markerEnd}
      interactionWidth={24}
      style={{
        stroke: strong ? "var(--mui-palette-primary-main)" : "var(--mui-palette-text-secondary)",
        strokeWidth: data?.lit ? 4 : strong ? 2.5 : 1.5,
        strokeDasharray: data?.implied ? "5 5" : undefined,
        opacity: strong ? 1 : 0.6,
      }}
    />
  );
});
