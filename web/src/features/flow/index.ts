import RouteIcon from "@mui/icons-material/AccountTreeOutlined";
import type { Feature } from "../feature";

export const flow: Feature = {
  routes: [
    { path: "flows", lazy: async () => ({ Component: (await import("./FlowsPage")).FlowsPage }) },
    { path: "flows/:phoneNumberId", lazy: async () => ({ Component: (await import("./FlowPage")).FlowPage }) },
  ],
  nav: [
    {
      label: "Call flows",
      path: "/flows",
      icon: RouteIcon,
      group: "Configuration",
      scopes: ["phone-numbers:read"],
    },
  ],
};
