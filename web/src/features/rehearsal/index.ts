import ChecklistIcon from "@mui/icons-material/ChecklistOutlined";
import TryIcon from "@mui/icons-material/PlayCircleOutlineOutlined";
import type { Feature } from "../feature";

export const rehearsal: Feature = {
  routes: [
    { path: "/rehearsal", lazy: async () => ({ Component: (await import("./RehearsalPage")).RehearsalPage }) },
    { path: "/flow-tests", lazy: async () => ({ Component: (await import("./FlowTestsPage")).FlowTestsPage }) },
    { path: "/flow-tests/:id", lazy: async () => ({ Component: (await import("./FlowTestPage")).FlowTestPage }) },
  ],
  nav: [
    { label: "Try a call", path: "/rehearsal", icon: TryIcon, group: "Configuration", scopes: ["config:read"] },
    {
      label: "Flow tests",
      path: "/flow-tests",
      icon: ChecklistIcon,
      group: "Configuration",
      scopes: ["flow-tests:read"],
    },
  ],
};
