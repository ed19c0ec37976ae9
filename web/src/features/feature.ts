import type { SvgIconComponent } from "@mui/icons-material";
import type { RouteObject } from "react-router";

/** An entry of the main menu. */
export interface NavEntry {
  label: string;
  path: string;
  icon: SvgIconComponent;
  group: "Overview" | "Calls" | "Configuration" | "Administration";
  /** Where else the entry is the active one, beside below its own path. */
  covers?: string[];
  /** Shown to who has one of these scopes; none: to everybody. */
  scopes?: string[];
}

/** What a feature folder gives the page: its routes, each loaded when first opened, and its menu entries. */
export interface Feature {
  routes: RouteObject[];
  nav: NavEntry[];
}
