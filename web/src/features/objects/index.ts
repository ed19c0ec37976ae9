import NumbersIcon from "@mui/icons-material/DialpadOutlined";
import TemplatesIcon from "@mui/icons-material/DynamicFeedOutlined";
import QueuesIcon from "@mui/icons-material/GroupsOutlined";
import PhonesIcon from "@mui/icons-material/PhoneEnabledOutlined";
import PromptsIcon from "@mui/icons-material/RecordVoiceOverOutlined";
import TrunksIcon from "@mui/icons-material/RouterOutlined";
import MenusIcon from "@mui/icons-material/ScheduleOutlined";
import BoxesIcon from "@mui/icons-material/VoicemailOutlined";
import type { Feature } from "../feature";
import { GROUPS } from "./groups";

const ICONS = [NumbersIcon, PhonesIcon, MenusIcon, QueuesIcon, BoxesIcon, PromptsIcon, TrunksIcon, TemplatesIcon];

const list = async () => ({ Component: (await import("./ListPage")).ListPage });
const form = async () => ({ Component: (await import("./FormPage")).FormPage });

export const objects: Feature = {
  routes: [
    { path: "config/:resource", lazy: list },
    { path: "config/:resource/new", lazy: form },
    { path: "config/:resource/:id", lazy: form },
  ],
  nav: GROUPS.map(({ label, resources }, at) => ({
    label,
    path: `/config/${resources[0]}`,
    covers: resources.map((resource) => `/config/${resource}`),
    icon: ICONS[at] ?? TemplatesIcon,
    group: "Configuration",
    scopes: resources.map((resource) => `${resource}:read`),
  })),
};
