import ExpandIcon from "@mui/icons-material/ExpandMore";
import Accordion from "@mui/material/Accordion";
import AccordionDetails from "@mui/material/AccordionDetails";
import AccordionSummary from "@mui/material/AccordionSummary";
import Button from "@mui/material/Button";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";
import type { Location } from "@/layout/locations";
import { PlaceTime } from "@/ui/PlaceTime";
import { text } from "@/ui/text";
import { words } from "../text";
import { differences, type FieldChange } from "./diff";
import type { AuditLine } from "./queries";

const labels = words.audit;

interface AuditEntryProps {
  line: AuditLine;
  location: Location | undefined;
  onObject: (id: string) => void;
}

/** One line of the log; what it changed opens below it. */
export function AuditEntry({ line, location, onObject }: AuditEntryProps) {
  const changes = differences(line.before, line.after);
  const { object_id } = line;
  return (
    <Accordion disableGutters slotProps={{ heading: { component: "div" }, transition: { unmountOnExit: true } }}>
      <AccordionSummary
        id={line.id}
        aria-controls={`${line.id}-content`}
        expandIcon={<ExpandIcon />}
        sx={{ "& .MuiAccordionSummary-content": { flexWrap: "wrap", columnGap: 2, minWidth: 0 } }}
      >
        <Typography component="span" variant="body2" color="textSecondary" sx={{ minWidth: 200 }}>
          <PlaceTime at={line.at} zone={location?.timezone} />
        </Typography>
        <Typography component="span" variant="body2" sx={{ flex: "1 1 220px", overflowWrap: "anywhere" }}>
          <strong>{actionWords(line.action)}</strong> {line.name && <bdi>{line.name}</bdi>}
        </Typography>
        <Typography component="span" variant="body2" sx={{ flex: "0 1 240px", overflowWrap: "anywhere" }}>
          <bdi>{line.actor}</bdi>
        </Typography>
      </AccordionSummary>
      <AccordionDetails>
        {changes.length ? <Changes changes={changes} /> : <Typography>{labels.noDiff}</Typography>}
        <Typography variant="body2" color="textSecondary" sx={{ mt: 1, overflowWrap: "anywhere" }}>
          {[line.action, location?.name, line.ip, line.request_id && `${labels.request} ${line.request_id}`]
            .filter(Boolean)
            .join(" · ")}
        </Typography>
        {object_id && (
          <Button size="small" onClick={() => onObject(object_id)}>
            {labels.object}
          </Button>
        )}
      </AccordionDetails>
    </Accordion>
  );
}

function Changes({ changes }: { changes: FieldChange[] }) {
  return (
    <Table size="small" aria-label={labels.details} sx={{ "& td": { overflowWrap: "anywhere" } }}>
      <TableHead>
        <TableRow>
          <TableCell>{labels.field}</TableCell>
          <TableCell>{labels.before}</TableCell>
          <TableCell>{labels.after}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {changes.map(({ field, before, after }) => (
          <TableRow key={field}>
            <TableCell>{field.replaceAll("_", " ")}</TableCell>
            <TableCell sx={{ color: before ? "error.main" : undefined }}>
              <bdi>{before || text.none}</bdi>
            </TableCell>
            <TableCell sx={{ color: after ? "success.main" : undefined }}>
              <bdi>{after || text.none}</bdi>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** "queue.update" as "queue: update". */
function actionWords(action: string): string {
  return action.replace(".", ": ").replaceAll("_", " ");
}
