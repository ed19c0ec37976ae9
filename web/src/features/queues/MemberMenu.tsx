import MoreIcon from "@mui/icons-material/MoreVert";
import Button from "@mui/material/Button";
import Divider from "@mui/material/Divider";
import IconButton from "@mui/material/IconButton";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import { useState } from "react";
import { type LiveMember, type MemberAction, useMemberOrder } from "./queries";
import { ReasonDialog } from "./ReasonDialog";
import { text } from "./text";

interface MemberMenuProps {
  queueId: string;
  member: LiveMember;
  /** A button with words instead of three dots. */
  words?: boolean;
}

/** What can be done with a member now. */
export function MemberMenu({ queueId, member, words }: MemberMenuProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [asks, setAsks] = useState(false);
  const order = useMemberOrder();
  const out = member.state === "logged_out";
  const paused = member.reason !== "" && !out;
  const label = `${text.actions.label}: ${member.name}`;

  function act(action: MemberAction, reason?: string) {
    setAnchor(null);
    setAsks(false);
    order.mutate({ queueId, extensionId: member.mine ? null : member.extension_id, action, reason });
  }

  const open = (target: HTMLElement) => setAnchor(target);
  return (
    <>
      {words ? (
        <Button
          variant="outlined"
          aria-haspopup="menu"
          loading={order.isPending}
          onClick={({ currentTarget }) => open(currentTarget)}
        >
          {text.actions.pause}
        </Button>
      ) : (
        <IconButton
          size="small"
          aria-label={label}
          aria-haspopup="menu"
          loading={order.isPending}
          onClick={({ currentTarget }) => open(currentTarget)}
        >
          <MoreIcon fontSize="small" />
        </IconButton>
      )}
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        onClose={() => setAnchor(null)}
        slotProps={{ list: { "aria-label": words ? text.actions.pauseFor : label } }}
      >
        {!words && out && <MenuItem onClick={() => act("log-in")}>{text.actions["log-in"]}</MenuItem>}
        {!words && paused && <MenuItem onClick={() => act("unpause")}>{text.actions.unpause}</MenuItem>}
        {!words && !out && <MenuItem onClick={() => act("log-out")}>{text.actions["log-out"]}</MenuItem>}
        {!words && !out && <Divider />}
        {!out &&
          text.reasons.map((reason) => (
            <MenuItem key={reason} onClick={() => act("pause", reason)}>
              {words ? reason : `${text.actions.pause}: ${reason}`}
            </MenuItem>
          ))}
        {!out && (
          <MenuItem
            onClick={() => {
              setAnchor(null);
              setAsks(true);
            }}
          >
            {text.actions.otherReason} …
          </MenuItem>
        )}
      </Menu>
      <ReasonDialog open={asks} onClose={() => setAsks(false)} onChoose={(reason) => act("pause", reason)} />
    </>
  );
}
