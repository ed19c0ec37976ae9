import { useExisting } from "./queries";

/** The steps of the guide that leave something behind, in their order. */
export const STEPS = ["place", "phone", "trunk", "number"] as const;
export type Step = (typeof STEPS)[number];

export interface SetupState {
  /** Not known yet. */
  isPending: boolean;
  /** Nothing is set up, and this person may do it: the page should lead them to `/setup`. */
  needed: boolean;
  /** A step is done when what it makes exists, however it was made. */
  done: Record<Step, boolean>;
}

/** How far the first start is. Nothing is stored about it: it follows from what exists. */
export function useSetupState(): SetupState {
  const { enabled, isPending, error, hours, devices, trunks, numbers } = useExisting();
  return {
    isPending,
    needed: enabled && !isPending && !error && !devices.length && !numbers.length,
    done: {
      place: hours.length > 0,
      phone: devices.length > 0,
      trunk: trunks.length > 0,
      number: numbers.length > 0,
    },
  };
}
