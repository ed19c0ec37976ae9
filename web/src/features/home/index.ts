import HomeIcon from "@mui/icons-material/HomeOutlined";
import type { Feature } from "../feature";

export const home: Feature = {
  routes: [
    {
      index: true,
      lazy: async () => {
        const { HomePage, askFirst } = await import("./HomePage");
        return { Component: HomePage, loader: askFirst };
      },
      shouldRevalidate: () => false,
    },
  ],
  nav: [{ label: "Home", path: "/", icon: HomeIcon, group: "Overview" }],
};
