import VoicemailIcon from "@mui/icons-material/VoicemailOutlined";
import type { Feature } from "../feature";

export const voicemail: Feature = {
  routes: [{ path: "voicemails", lazy: async () => ({ Component: (await import("./VoicemailPage")).VoicemailPage }) }],
  nav: [{ label: "Voicemail", path: "/voicemails", icon: VoicemailIcon, group: "Calls", scopes: ["voicemails:read"] }],
};
