import MenuIcon from "@mui/icons-material/Menu";
import Alert from "@mui/material/Alert";
import AppBar from "@mui/material/AppBar";
import Box from "@mui/material/Box";
import Drawer from "@mui/material/Drawer";
import IconButton from "@mui/material/IconButton";
import Link from "@mui/material/Link";
import Toolbar from "@mui/material/Toolbar";
import Typography from "@mui/material/Typography";
import useMediaQuery from "@mui/material/useMediaQuery";
import { lazy, Suspense, useEffect, useState } from "react";
import { Outlet } from "react-router";
import { useConnected, useLiveConnection } from "@/realtime/live";
import { useStaleness } from "@/realtime/staleness";
import { useMay, useMe } from "@/session/SessionProvider";
import { Loading } from "@/ui/Loading";
import { text } from "@/ui/text";
import { AccountMenu } from "./AccountMenu";
import { Navigation } from "./Navigation";
import { OtherOrganization } from "./OtherOrganization";

const ChangesBar = lazy(() => import("./ChangesBar"));
const LocationSwitcher = lazy(() => import("./LocationSwitcher"));
const Softphone = lazy(() => import("@/features/softphone/Dock"));
const WIDTH = 240;

/** The frame round every page: menu, location, account, and what must stay over page changes. */
export function Shell() {
  useLiveConnection();
  useStaleness();
  const wide = useMediaQuery("(min-width: 1000px)");
  const [open, setOpen] = useState(false);
  const { organization, user } = useMe();
  const hasPhone = useMay()("calls:control") && !!user?.extension_ids.length;
  return (
    <Box sx={{ display: "flex", minHeight: "100dvh" }}>
      <Link href="#content" sx={SKIP}>
        {text.nav.skip}
      </Link>
      {!wide && (
        <AppBar position="fixed" color="default" elevation={0} sx={{ borderBottom: 1, borderColor: "divider" }}>
          <Toolbar variant="dense">
            <IconButton edge="start" aria-label={text.nav.menu} onClick={() => setOpen(true)}>
              <MenuIcon />
            </IconButton>
            <Typography sx={{ flex: 1, fontWeight: 650 }}>{text.product}</Typography>
            <Suspense fallback={null}>
              <ChangesBar compact />
            </Suspense>
            <AccountMenu />
          </Toolbar>
        </AppBar>
      )}
      <Drawer
        variant={wide ? "permanent" : "temporary"}
        open={wide || open}
        onClose={() => setOpen(false)}
        sx={{ width: wide ? WIDTH : 0, flexShrink: 0, "& .MuiDrawer-paper": { width: WIDTH } }}
      >
        <Sidebar organization={organization} wide={wide} onChoose={() => setOpen(false)} />
      </Drawer>
      <Box
        component="main"
        id="content"
        tabIndex={-1}
        sx={{ flex: 1, minWidth: 0, p: { xs: 2, md: 3 }, pt: { xs: wide ? 3 : 9 }, outline: "none" }}
      >
        <NotLive />
        <OtherOrganization />
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
        {hasPhone && <Box sx={{ height: 64 }} />}
      </Box>
      {hasPhone && (
        <Suspense fallback={null}>
          <Softphone />
        </Suspense>
      )}
    </Box>
  );
}

const SKIP = {
  position: "absolute",
  left: 8,
  top: -60,
  zIndex: 2000,
  bgcolor: "background.paper",
  p: 1,
  "&:focus": { top: 8 },
} as const;

interface SidebarProps {
  organization: string;
  wide: boolean;
  onChoose: () => void;
}

function Sidebar({ organization, wide, onChoose }: SidebarProps) {
  return (
    <>
      <Box component="header" sx={{ p: 2, pb: 1, display: "flex", alignItems: "center", gap: 1 }}>
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Typography sx={{ fontWeight: 700 }}>{text.product}</Typography>
          <Typography variant="body2" color="textSecondary" noWrap title={organization}>
            <bdi>{organization}</bdi>
          </Typography>
        </Box>
        {wide && <AccountMenu />}
      </Box>
      <Suspense fallback={null}>
        <LocationSwitcher />
      </Suspense>
      <Navigation onChoose={onChoose} />
      {wide && (
        <Suspense fallback={null}>
          <ChangesBar />
        </Suspense>
      )}
    </>
  );
}

/** Says so when the page is not live, after a moment: a reconnect at once is nobody's business. */
function NotLive() {
  return useConnected() ? null : <LateWarning />;
}

function LateWarning() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 3000);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <Alert severity="warning" sx={{ mb: 2 }}>
      {text.states.notLive}
    </Alert>
  );
}
