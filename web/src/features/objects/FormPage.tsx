import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { Link as RouterLink, useLocation, useNavigate, useParams } from "react-router";
import { NotFound } from "@/layout/NotFound";
import { useMay } from "@/session/SessionProvider";
import { useDialogs } from "@/ui/dialogs";
import { Loading } from "@/ui/Loading";
import { Page } from "@/ui/Page";
import { ProblemView } from "@/ui/ProblemView";
import { text as common } from "@/ui/text";
import { useLeaveGuard } from "@/ui/useLeaveGuard";
import { Connections } from "./form/Connections";
import { FormSections } from "./form/FormSections";
import { PromptSound } from "./form/PromptSound";
import { SecretDialog } from "./form/SecretDialog";
import { StaleDialog } from "./form/StaleDialog";
import { useObjectForm } from "./form/useObjectForm";
import { findResource, type KindInfo } from "./kinds";
import { LiveState } from "./LiveState";
import { type ConfigObject, rotateSecret, titleOf, useApiSchemas, useChanged, useObject, useStatus } from "./queries";
import type { Schemas } from "./schema";
import { text } from "./text";
import { useDelete } from "./useDelete";

/** `/config/<resource>/new` and `/config/<resource>/<id>`: one object's form. */
export function FormPage() {
  const { resource, id } = useParams();
  const info = findResource(resource);
  return info ? <LoadedForm info={info} id={id} /> : <NotFound />;
}

function LoadedForm({ info, id }: { info: KindInfo; id: string | undefined }) {
  const object = useObject(info.resource, id);
  const schemas = useApiSchemas();
  const failed = [object, schemas].find(({ isLoadingError }) => isLoadingError);
  if (failed)
    return (
      <Page title={info.many}>
        <ProblemView error={failed.error} retry={() => failed.refetch()} />
      </Page>
    );
  if (!schemas.data || (id && !object.data)) return <Loading />;
  return (
    <ObjectPage
      key={`${info.resource} ${id ?? "new"}`}
      info={info}
      schemas={schemas.data}
      object={object.data ?? null}
    />
  );
}

/** What the page that made an object hands to the object's own page. */
interface Arrival {
  saved?: boolean;
  /** The answer that alone has the secret; gone with a reload. */
  made?: ConfigObject;
}

interface ObjectPageProps {
  info: KindInfo;
  schemas: Schemas;
  object: ConfigObject | null;
}

function ObjectPage({ info, schemas, object }: ObjectPageProps) {
  const may = useMay();
  const writable = may(`${info.resource}:write`);
  const navigate = useNavigate();
  const { ask, notifyProblem } = useDialogs();
  const arrival = useLocation().state as Arrival | null;
  const form = useObjectForm(info, schemas, object);
  const [saved, setSaved] = useState(arrival?.saved ?? false);
  const [secret, setSecret] = useState<ConfigObject | null>(arrival?.made ?? null);
  const [leaving, setLeaving] = useState<{ to: string; state?: Arrival } | null>(null);
  const { remove, explanation } = useDelete(info);
  const changed = useChanged();
  const formElement = useRef<HTMLFormElement>(null);
  useLeaveGuard(form.dirty && !leaving, form.forget);
  useNewerVersion(form, object);

  useEffect(() => {
    if (leaving) navigate(leaving.to, { replace: true, state: leaving.state });
  }, [leaving, navigate]);
  useEffect(() => {
    if (form.problem) formElement.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [form.problem]);
  useEffect(() => {
    if (arrival?.made) window.history.replaceState({}, ""); // a reload must not show the secret again
  }, [arrival]);

  async function submit(event?: FormEvent) {
    event?.preventDefault();
    const isNew = form.stored === null;
    const now = await form.save();
    if (!now) return;
    if (isNew) {
      const made = info.secret ? now : undefined;
      setLeaving({ to: `/config/${info.resource}/${now.id}`, state: { saved: true, made } });
    }
    setSaved(true);
  }

  async function rotate() {
    const stored = form.stored;
    if (!info.secret || !stored) return;
    const words = text.secret.rotate[info.secret];
    if (!(await ask({ title: `${words}?`, body: text.secret.rotateAsk[info.secret], confirm: words }))) return;
    try {
      setSecret(await rotateSecret(info.resource, stored, info.secret));
      changed(info.resource);
      setSaved(true);
    } catch (error) {
      notifyProblem(error);
    }
  }

  const stored = form.stored;
  const title = stored ? titleOf(stored) : text.actions.create(info.one);
  const actions = writable && stored && (
    <>
      {info.secret && <Button onClick={rotate}>{text.secret.rotate[info.secret]}</Button>}
      <Button
        color="error"
        onClick={async () => (await remove(stored)) && setLeaving({ to: `/config/${info.resource}` })}
      >
        {common.actions.delete}
      </Button>
    </>
  );
  return (
    <Page title={title} lead={<Lead info={info} object={stored} />} actions={actions}>
      {saved && !form.dirty && <Saved />}
      {!writable && (
        <Alert severity="info" sx={{ mb: 2 }}>
          {text.form.readOnly}
        </Alert>
      )}
      <Box
        sx={{
          display: "grid",
          gap: 2,
          gridTemplateColumns: { xs: "minmax(0, 1fr)", lg: stored ? "minmax(0, 1fr) 300px" : "minmax(0, 860px)" },
          alignItems: "start",
        }}
      >
        <form onSubmit={submit} noValidate ref={formElement}>
          <FormSections info={info} form={form} disabled={!writable || leaving !== null} />
          {info.kind === "prompt" && stored && !form.dirty && <PromptSound prompt={stored} onChanged={form.adopt} />}
          {writable && <SaveBar form={form} info={info} />}
        </form>
        {stored && <Connections info={info} object={stored} />}
      </Box>
      {secret && <SecretDialog info={info} object={secret} onClose={() => setSecret(null)} />}
      <StaleDialog info={info} form={form} />
      {explanation}
    </Page>
  );
}

/** A version that was read anew replaces an untouched form; a touched one is told when it is saved. */
function useNewerVersion(form: ReturnType<typeof useObjectForm>, object: ConfigObject | null) {
  const { stored, dirty, adopt } = form;
  const newer = object !== null && stored !== null && object.version > stored.version && !dirty;
  useEffect(() => {
    if (newer && object) adopt(object);
  });
}

/** The way back to the list and, for phones and trunks, how they are now. */
function Lead({ info, object }: { info: KindInfo; object: ConfigObject | null }) {
  const live = info.columns.includes("registered") || info.columns.includes("state");
  const { data: status } = useStatus(live && object !== null);
  return (
    <>
      <Link component={RouterLink} to={`/config/${info.resource}`} sx={{ mr: 1 }}>
        {info.many}
      </Link>
      {live && object && <LiveState object={object} status={status} />}
    </>
  );
}

function Saved() {
  return (
    <Alert
      severity="success"
      sx={{ mb: 2 }}
      action={
        <Button color="inherit" size="small" component={RouterLink} to="/changes">
          {text.actions.review}
        </Button>
      }
    >
      {text.saved}
    </Alert>
  );
}

function SaveBar({ form, info }: { form: ReturnType<typeof useObjectForm>; info: KindInfo }) {
  return (
    <Stack
      direction="row"
      sx={{ gap: 1, py: 2, position: "sticky", bottom: 0, bgcolor: "background.default", zIndex: 2 }}
    >
      <Button type="submit" variant="contained" loading={form.busy} disabled={!form.dirty && form.stored !== null}>
        {text.actions.saveDraft}
      </Button>
      <Button component={RouterLink} to={`/config/${info.resource}`}>
        {common.actions.cancel}
      </Button>
    </Stack>
  );
}
