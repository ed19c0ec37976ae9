import SetupIcon from "@mui/icons-material/RocketLaunchOutlined";
import type { Feature } from "../feature";

export { maySetUp, type Progress, setupQuery, useSetupProgress } from "./state";

export const setup: Feature = {
  routes: [{ path: "setup", lazy: async () => ({ Component: (await import("./SetupPage")).SetupPage }) }],
  nav: [
    { label: "Set-up guide", path: "/setup", icon: SetupIcon, group: "Administration", scopes: ["locations:write"] },
  ],
};
