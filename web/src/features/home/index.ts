import HomeIcon from "@mui/icons-material/HomeOutlined";
import type { Feature } from "../feature";

export const home: Feature = {
  routes: [{ index: true, lazy: async () => ({ Component: (await import("./HomePage")).HomePage }) }],
  nav: [{ label: "Home", path: "/", icon: HomeIcon, group: "Overview" }],
};
