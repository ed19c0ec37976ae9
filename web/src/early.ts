/** Asks who is logged in while the rest of the page's code is still being read: imported before all of it. */
import { whoIsIn } from "./session/me";

whoIsIn();
