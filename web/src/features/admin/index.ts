import RolesIcon from "@mui/icons-material/BadgeOutlined";
import OrganizationsIcon from "@mui/icons-material/BusinessOutlined";
import SessionsIcon from "@mui/icons-material/DevicesOutlined";
import NodesIcon from "@mui/icons-material/DnsOutlined";
import AuditIcon from "@mui/icons-material/HistoryOutlined";
import SystemIcon from "@mui/icons-material/InfoOutlined";
import KeysIcon from "@mui/icons-material/KeyOutlined";
import UsersIcon from "@mui/icons-material/PeopleOutlined";
import LocationsIcon from "@mui/icons-material/PlaceOutlined";
import type { Feature, NavEntry } from "../feature";

const group: NavEntry["group"] = "Administration";

export const admin: Feature = {
  routes: [
    { path: "admin/users", lazy: async () => ({ Component: (await import("./users/UsersPage")).UsersPage }) },
    { path: "admin/roles", lazy: async () => ({ Component: (await import("./roles/RolesPage")).RolesPage }) },
    {
      path: "admin/locations",
      lazy: async () => ({ Component: (await import("./locations/LocationsPage")).LocationsPage }),
    },
    {
      path: "admin/organizations",
      lazy: async () => ({ Component: (await import("./organizations/OrganizationsPage")).OrganizationsPage }),
    },
    { path: "admin/api-keys", lazy: async () => ({ Component: (await import("./api-keys/ApiKeysPage")).ApiKeysPage }) },
    {
      path: "admin/sessions",
      lazy: async () => ({ Component: (await import("./sessions/SessionsPage")).SessionsPage }),
    },
    { path: "admin/audit-log", lazy: async () => ({ Component: (await import("./audit/AuditPage")).AuditPage }) },
    { path: "admin/nodes", lazy: async () => ({ Component: (await import("./nodes/NodesPage")).NodesPage }) },
    { path: "admin/system", lazy: async () => ({ Component: (await import("./system/SystemPage")).SystemPage }) },
    { path: "account", lazy: async () => ({ Component: (await import("./account/AccountPage")).AccountPage }) },
  ],
  nav: [
    { label: "Users", path: "/admin/users", icon: UsersIcon, group, scopes: ["users:write"] },
    { label: "Roles", path: "/admin/roles", icon: RolesIcon, group, scopes: ["roles:read"] },
    { label: "Locations", path: "/admin/locations", icon: LocationsIcon, group, scopes: ["locations:write"] },
    {
      label: "Organisations",
      path: "/admin/organizations",
      icon: OrganizationsIcon,
      group,
      scopes: ["organizations:write"],
    },
    { label: "API keys", path: "/admin/api-keys", icon: KeysIcon, group, scopes: ["api-keys:read"] },
    { label: "Logins", path: "/admin/sessions", icon: SessionsIcon, group, scopes: ["sessions:read"] },
    { label: "Audit log", path: "/admin/audit-log", icon: AuditIcon, group, scopes: ["audit-log:read"] },
    { label: "Nodes", path: "/admin/nodes", icon: NodesIcon, group, scopes: ["nodes:read"] },
    { label: "This system", path: "/admin/system", icon: SystemIcon, group, scopes: ["nodes:read", "locations:write"] },
  ],
};
