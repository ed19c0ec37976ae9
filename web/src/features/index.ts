/** Every feature of the page, one line each, in the order of the menu. */
import { admin } from "./admin";
import { changes } from "./changes";
import type { Feature } from "./feature";
import { home } from "./home";
import { queues } from "./queues";
import { rehearsal } from "./rehearsal";
import { setup } from "./setup";

export const features: Feature[] = [home, queues, rehearsal, changes, setup, admin];
