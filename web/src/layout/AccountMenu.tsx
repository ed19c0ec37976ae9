import AccountIcon from "@mui/icons-material/AccountCircleOutlined";
import IconButton from "@mui/material/IconButton";
import { lazy, Suspense, useEffect, useState } from "react";
import { text } from "@/ui/text";

const loadItems = () => import("./AccountMenuItems");
const AccountMenuItems = lazy(loadItems);

/** Who is logged in, how the page looks, and the way out. */
export function AccountMenu() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    loadItems().catch(() => {}); // so that the way out is there without a network, too
  }, []);
  return (
    <>
      <IconButton
        aria-label={text.nav.account}
        title={text.nav.account}
        aria-haspopup="menu"
        onClick={(event) => {
          setAnchor(event.currentTarget);
          setOpened(true);
        }}
      >
        <AccountIcon />
      </IconButton>
      {opened && (
        <Suspense fallback={null}>
          <AccountMenuItems anchor={anchor} onClose={() => setAnchor(null)} />
        </Suspense>
      )}
    </>
  );
}
