import MineIcon from "@mui/icons-material/HeadsetMicOutlined";
import BoardIcon from "@mui/icons-material/SpaceDashboardOutlined";
import type { Feature } from "../feature";

export const queues: Feature = {
  routes: [
    { path: "queues/wallboard", lazy: async () => ({ Component: (await import("./WallboardPage")).WallboardPage }) },
    { path: "my-queues", lazy: async () => ({ Component: (await import("./MyQueuesPage")).MyQueuesPage }) },
  ],
  nav: [
    { label: "Queues live", path: "/queues/wallboard", icon: BoardIcon, group: "Overview", scopes: ["queues:read"] },
    { label: "My queues", path: "/my-queues", icon: MineIcon, group: "Overview", scopes: ["queues:control"] },
  ],
};
