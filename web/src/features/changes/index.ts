import PublishIcon from "@mui/icons-material/PublishOutlined";
import type { Feature } from "../feature";

export const changes: Feature = {
  routes: [
    { path: "/changes", lazy: async () => ({ Component: (await import("./ChangesPage")).ChangesPage }) },
    { path: "/changes/history", lazy: async () => ({ Component: (await import("./HistoryPage")).HistoryPage }) },
    { path: "/changes/compare", lazy: async () => ({ Component: (await import("./ComparePage")).ComparePage }) },
    { path: "/changes/releases/:id", lazy: async () => ({ Component: (await import("./ReleasePage")).ReleasePage }) },
  ],
  nav: [{ label: "Changes", path: "/changes", icon: PublishIcon, group: "Configuration", scopes: ["config:read"] }],
};
