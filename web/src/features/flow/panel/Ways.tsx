/** The ways out of a node as a list: the same as dragging lines, by keyboard. */
import DeleteIcon from "@mui/icons-material/DeleteOutlined";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { changeFields, putObject } from "@/flow/document/edit";
import type { FlowGraph, FlowNode } from "@/flow/document/graph";
import { targetOf } from "@/flow/document/graph";
import { asRecord, freeKey, type Port, withoutWay, withWay } from "@/flow/document/ports";
import { type FlowDocument, type Json, nameOf } from "@/flow/document/types";
import { edit } from "@/flow/history/store";
import { kindWords } from "@/flow/nodes/kinds";
import { phoneNumber } from "@/ui/format";
import { text } from "@/ui/text";
import { useEditor } from "../editor";
import { DEFAULT_WAY, portWords, words } from "../text";

/** Where a way leads, in words. */
function goalWords(graph: FlowGraph, source: string, port: Port): string {
  const goal = port.destination ?? port.implied;
  if (!goal) return DEFAULT_WAY[port.field] ?? words.canvas.notConnected;
  const node = graph.nodes.find(({ id }) => id === targetOf(source, goal));
  const name = node?.object ? nameOf(node.object) : phoneNumber(goal.number ?? "");
  const said = [kindWords(node?.kind ?? goal.kind), goal.kind === "hangup" ? "" : name].filter(Boolean).join(" ");
  return port.destination ? said : `${said} (${words.panel.implied})`;
}

export function Ways({ node, disabled }: { node: FlowNode; disabled: boolean }) {
  const { catalog, graph, problems, choose } = useEditor();
  const list = catalog.kinds[node.kind]?.ports.find(({ many }) => many === "list");
  const used = node.ports.filter(({ pressed }) => pressed).map(({ label }) => label);
  const free = freeKey(used);
  const said = (port: Port) => problems.find(({ nodeId, field }) => nodeId === node.id && field === port.id);
  return (
    <Box sx={{ mt: 3 }}>
      <Typography variant="subtitle1" component="h3" sx={{ fontWeight: 600 }}>
        {words.panel.ways}
      </Typography>
      <Stack component="ul" sx={{ listStyle: "none", p: 0, m: 0, gap: 1 }}>
        {node.ports.map((port) => (
          <Stack key={port.id} component="li" direction="row" sx={{ gap: 1, alignItems: "center" }}>
            {port.pressed ? (
              <KeyChoice node={node} port={port} disabled={disabled} />
            ) : (
              <Typography variant="body2" sx={{ width: 96, flexShrink: 0 }}>
                {portWords(port)}
              </Typography>
            )}
            <Typography
              variant="body2"
              color={said(port)?.severity === "error" ? "error" : "textSecondary"}
              sx={{ flex: 1, minWidth: 0, overflowWrap: "anywhere" }}
            >
              <bdi>{goalWords(graph, node.id, port)}</bdi>
              {said(port) && ` – ${said(port)?.message}`}
            </Typography>
            {!disabled && (
              <Button
                size="small"
                aria-label={`${words.actions.change}: ${portWords(port)}`}
                onClick={() => choose({ source: node.id, port: port.id })}
              >
                {port.destination ? words.actions.change : words.actions.connect}
              </Button>
            )}
            {port.pressed && !disabled && (
              <IconButton
                size="small"
                aria-label={`${text.actions.delete}: ${portWords(port)}`}
                onClick={() =>
                  edit(`Delete ${portWords(port)}`, (document) => replaced(document, node.id, withoutWay, port.id))
                }
              >
                <DeleteIcon fontSize="small" />
              </IconButton>
            )}
          </Stack>
        ))}
      </Stack>
      {list && free && !disabled && (
        <Button
          size="small"
          sx={{ mt: 1 }}
          onClick={() =>
            edit(words.actions.addKey, (document) =>
              replaced(document, node.id, (fields) => withWay(fields, list, free), ""),
            )
          }
        >
          {words.actions.addKey}
        </Button>
      )}
    </Box>
  );
}

type Change = (fields: FlowDocument["objects"][string]["fields"], port: string) => { [field: string]: Json };

function replaced(document: FlowDocument, id: string, change: Change, port: string): FlowDocument {
  const object = document.objects[id];
  return object ? putObject(document, { ...object, fields: change(object.fields, port) }) : document;
}

function KeyChoice({ node, port, disabled }: { node: FlowNode; port: Port; disabled: boolean }) {
  function set(digit: string) {
    const [field = "", index] = port.id.split(".");
    const list = node.object?.fields[field];
    const next = (Array.isArray(list) ? list : []).map((one, at) =>
      String(at) === index ? { ...asRecord(one), digit } : one,
    );
    edit("Change key", (document) => changeFields(document, node.id, { [field]: next }));
  }
  return (
    <TextField
      select
      label="Key"
      value={port.label}
      onChange={({ target }) => set(target.value)}
      disabled={disabled}
      sx={{ width: 96, flexShrink: 0 }}
    >
      {[..."1234567890*#"].map((key) => (
        <MenuItem key={key} value={key}>
          {key}
        </MenuItem>
      ))}
    </TextField>
  );
}
