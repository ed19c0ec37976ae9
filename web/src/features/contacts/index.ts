import ContactsIcon from "@mui/icons-material/ContactsOutlined";
import type { Feature } from "../feature";

export const contacts: Feature = {
  routes: [
    { path: "contacts", lazy: async () => ({ Component: (await import("./ContactsPage")).ContactsPage }) },
    { path: "contacts/:id", lazy: async () => ({ Component: (await import("./ContactPage")).ContactPage }) },
  ],
  nav: [{ label: "Contacts", path: "/contacts", icon: ContactsIcon, group: "Calls", scopes: ["contacts:read"] }],
};
