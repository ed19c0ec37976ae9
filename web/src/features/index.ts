/** Every feature of the page, one line each, in the order of the menu. */
import { admin } from "./admin";
import type { Feature } from "./feature";
import { home } from "./home";

export const features: Feature[] = [home, admin];
