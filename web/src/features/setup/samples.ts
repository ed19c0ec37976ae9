import agency from "./samples/agency.yaml?raw";
import chain from "./samples/chain.yaml?raw";
import singleShop from "./samples/single-shop.yaml?raw";

export interface Sample {
  name: string;
  about: string;
  file: string;
}

/** Set-ups to begin with: files as docs/howto/configuration-as-code.md describes them, with gaps to fill. */
export const SAMPLES: Sample[] = [
  {
    name: "Single shop",
    about: "Two phones, a menu, a waiting line, opening hours and a voicemail box behind one number.",
    file: singleShop,
  },
  {
    name: "Chain of stores",
    about: "Two stores and a head office: each store answers first, a central queue helps out.",
    file: chain,
  },
  {
    name: "Agency",
    about: "Three agents answer for two clients and hear for whom before they talk.",
    file: agency,
  },
];

/** The file for this place. Names are quoted, so that no sign in them means anything. */
export function filled({ file }: Sample, gaps: { location: string; timezone: string; tag: string }): string {
  return file
    .replaceAll("__LOCATION__", () => JSON.stringify(gaps.location))
    .replaceAll("__TIMEZONE__", () => gaps.timezone)
    .replaceAll("__TAG__", () => gaps.tag);
}
