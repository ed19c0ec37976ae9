/** Every feature of the page, one line each, in the order of the menu. */
import { admin } from "./admin";
import { calls } from "./calls";
import { changes } from "./changes";
import { contacts } from "./contacts";
import type { Feature } from "./feature";
import { flow } from "./flow";
import { home } from "./home";
import { objects } from "./objects";
import { queues } from "./queues";
import { rehearsal } from "./rehearsal";
import { setup } from "./setup";
import { voicemail } from "./voicemail";

export const features: Feature[] = [
  home,
  calls,
  voicemail,
  contacts,
  queues,
  objects,
  flow,
  rehearsal,
  changes,
  setup,
  admin,
];
