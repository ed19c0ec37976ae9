import Box from "@mui/material/Box";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { Schemas } from "@/api/client";
import { Section } from "./Section";
import { text } from "./text";

const COLORS: Record<string, string> = { "+": "success.main", "-": "error.main", "@": "text.secondary" };

/** Files that a node would get otherwise, line by line. */
export function FileDiffs({ files }: { files: Schemas["FileDiff"][] }) {
  return (
    <Section title={text.files(files.length)}>
      {!files.length && <Typography color="textSecondary">{text.noFiles}</Typography>}
      <Stack sx={{ gap: 1 }}>
        {files.map((file) => (
          <Paper key={file.path} component="details" sx={{ p: 1.5, minWidth: 0 }}>
            <Typography component="summary" sx={{ fontFamily: "monospace", overflowWrap: "anywhere" }}>
              {file.path} ({text.actions[file.action].toLowerCase()})
            </Typography>
            <Box component="pre" tabIndex={0} sx={{ overflow: "auto", maxHeight: 480, fontSize: 13, m: 0, mt: 1 }}>
              {file.text.split("\n").map((line, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text that never changes
                <Box component="span" key={place} sx={{ display: "block", color: COLORS[line.charAt(0)] }}>
                  {line}
                </Box>
              ))}
            </Box>
          </Paper>
        ))}
      </Stack>
    </Section>
  );
}
