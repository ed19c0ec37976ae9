/** How each kind of node looks. A kind that is new to the page gets a plain box. */
import type { SvgIconComponent } from "@mui/icons-material";
import HangupIcon from "@mui/icons-material/CallEndOutlined";
import PromptIcon from "@mui/icons-material/CampaignOutlined";
import MenuIcon from "@mui/icons-material/DialpadOutlined";
import GroupIcon from "@mui/icons-material/GroupsOutlined";
import ExtensionIcon from "@mui/icons-material/PersonOutlined";
import OutsideIcon from "@mui/icons-material/PhoneForwardedOutlined";
import NumberIcon from "@mui/icons-material/PhoneInTalkOutlined";
import QueueIcon from "@mui/icons-material/QueueOutlined";
import HoursIcon from "@mui/icons-material/ScheduleOutlined";
import PlaceIcon from "@mui/icons-material/StorefrontOutlined";
import VoicemailIcon from "@mui/icons-material/VoicemailOutlined";
import PlainIcon from "@mui/icons-material/WidgetsOutlined";
import { findKind } from "@/features/objects/kinds";

type Tone = "primary" | "secondary" | "success" | "warning" | "error" | "info";

const LOOKS: Record<string, { icon: SvgIconComponent; tone: Tone }> = {
  phone_number: { icon: NumberIcon, tone: "primary" },
  time_condition: { icon: HoursIcon, tone: "warning" },
  ivr_menu: { icon: MenuIcon, tone: "secondary" },
  queue: { icon: QueueIcon, tone: "info" },
  ring_group: { icon: GroupIcon, tone: "info" },
  extension: { icon: ExtensionIcon, tone: "success" },
  voicemail_box: { icon: VoicemailIcon, tone: "primary" },
  prompt: { icon: PromptIcon, tone: "secondary" },
  location_routing: { icon: PlaceIcon, tone: "warning" },
  external_number: { icon: OutsideIcon, tone: "success" },
  hangup: { icon: HangupIcon, tone: "error" },
};

export function lookOf(kind: string): { icon: SvgIconComponent; tone: Tone } {
  return LOOKS[kind] ?? { icon: PlainIcon, tone: "primary" };
}

const ENDS: Record<string, string> = { hangup: "Hang up", external_number: "Outside number" };

/** "Menu", "Opening hours", "Hang up" */
export function kindWords(kind: string): string {
  const words = ENDS[kind] ?? findKind(kind)?.one ?? kind.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
