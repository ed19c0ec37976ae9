import LiveIcon from "@mui/icons-material/PhoneInTalkOutlined";
import CallsIcon from "@mui/icons-material/PhoneOutlined";
import type { Feature } from "../feature";

export const calls: Feature = {
  routes: [
    { path: "calls", lazy: async () => ({ Component: (await import("./CallsPage")).CallsPage }) },
    { path: "calls/live", lazy: async () => ({ Component: (await import("./LivePage")).LivePage }) },
    { path: "calls/:id", lazy: async () => ({ Component: (await import("./CallPage")).CallPage }) },
  ],
  nav: [
    { label: "Live calls", path: "/calls/live", icon: LiveIcon, group: "Calls", scopes: ["calls:read"] },
    { label: "Call log", path: "/calls", icon: CallsIcon, group: "Calls", scopes: ["calls:read"] },
  ],
};
