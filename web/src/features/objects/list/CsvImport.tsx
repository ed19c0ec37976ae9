import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import LinearProgress from "@mui/material/LinearProgress";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useRef, useState } from "react";
import { useDialogs } from "@/ui/dialogs";
import { ProblemView } from "@/ui/ProblemView";
import { text as common } from "@/ui/text";
import { type ImportResult, type OnExisting, sendTable } from "../csv";
import { text } from "../text";

const SHOWN = 200;

export interface CsvImportProps {
  /** The REST collection. */
  resource: string;
  title: string;
  lead: string;
  /** Said when it is done. */
  done: string;
  onDone: () => void;
  onClose: () => void;
}

/** Takes a CSV file in: first looks what it would do, then does it. */
export default function CsvImport({ resource, title, lead, done, onDone, onClose }: CsvImportProps) {
  const { notify } = useDialogs();
  const chooser = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [existing, setExisting] = useState<OnExisting>("update");
  const [doing, setDoing] = useState<"checking" | "importing" | null>(null);
  const [share, setShare] = useState(0);
  const [result, setResult] = useState<ImportResult | null>(null);
  const [error, setError] = useState<unknown>(null);

  async function send(table: File, onExisting: OnExisting, dryRun: boolean) {
    setFile(table);
    setDoing(dryRun ? "checking" : "importing");
    setResult(null);
    setError(null);
    setShare(0);
    try {
      const found = await sendTable(resource, table, { dry_run: dryRun, on_existing: onExisting }, setShare);
      if (dryRun || !found.ok) setResult(found);
      else {
        onDone();
        notify(done);
        onClose();
      }
    } catch (problem) {
      setError(problem);
    } finally {
      setDoing(null);
    }
  }

  function choose(onExisting: OnExisting) {
    setExisting(onExisting);
    if (file) send(file, onExisting, true);
  }

  return (
    <Dialog open onClose={() => !doing && onClose()} maxWidth="md" aria-labelledby="csv-title">
      <DialogTitle id="csv-title">{title}</DialogTitle>
      <DialogContent>
        <Stack sx={{ gap: 2 }}>
          <Typography>{lead}</Typography>
          <Stack direction="row" sx={{ gap: 2, flexWrap: "wrap", alignItems: "center" }}>
            <input
              ref={chooser}
              type="file"
              accept=".csv,text/csv"
              hidden
              aria-label={text.csv.choose}
              onChange={({ target }) => {
                const [chosen] = target.files ?? [];
                if (chosen) send(chosen, existing, true);
                target.value = "";
              }}
            />
            <Button variant="outlined" disabled={doing !== null} onClick={() => chooser.current?.click()}>
              {file ? text.csv.again : text.csv.choose}
            </Button>
            {file && (
              <Typography sx={{ overflowWrap: "anywhere" }}>
                <bdi>{file.name}</bdi>
              </Typography>
            )}
            <TextField
              select
              label={text.csv.existing}
              value={existing}
              onChange={({ target }) => choose(target.value as OnExisting)}
              disabled={doing !== null}
              sx={{ width: 200 }}
            >
              <MenuItem value="update">{text.csv.update}</MenuItem>
              <MenuItem value="skip">{text.csv.skip}</MenuItem>
            </TextField>
          </Stack>
          {doing && (
            <Stack role="status" sx={{ gap: 1 }}>
              <Typography>{text.csv[doing]}</Typography>
              <LinearProgress
                aria-label={text.csv[doing]}
                variant={share ? "determinate" : "indeterminate"}
                value={100 * share}
              />
            </Stack>
          )}
          {error !== null && <ProblemView error={error} />}
          {result && <Findings result={result} />}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} disabled={doing !== null}>
          {common.actions.cancel}
        </Button>
        <Button
          variant="contained"
          disabled={!result?.ok || doing !== null}
          onClick={() => file && send(file, existing, false)}
        >
          {text.csv.import}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Findings({ result }: { result: ImportResult }) {
  const { created = 0, updated = 0, unchanged = 0, problems = [] } = result;
  if (result.ok) return <Alert severity="success">{text.csv.would(created, updated, unchanged)}</Alert>;
  const shown = problems.slice(0, SHOWN);
  return (
    <>
      <Alert severity="error">
        {text.csv.problems(problems.length)}
        {shown.length < problems.length && ` ${text.csv.someProblems(shown.length)}`}
      </Alert>
      <TableContainer tabIndex={0} role="region" aria-label={text.csv.problem} sx={{ maxHeight: 320 }}>
        <Table size="small" stickyHeader>
          <TableHead>
            <TableRow>
              {[text.csv.row, text.csv.column, text.csv.problem].map((head) => (
                <TableCell key={head}>{head}</TableCell>
              ))}
            </TableRow>
          </TableHead>
          <TableBody>
            {shown.map(({ line, field, object, message, hint }) => (
              <TableRow key={`${line} ${field} ${message}`}>
                <TableCell>{line}</TableCell>
                <TableCell>{field || object}</TableCell>
                <TableCell sx={{ overflowWrap: "anywhere" }}>
                  {message} {hint}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </TableContainer>
    </>
  );
}
