/**
 * What was typed and not saved, for as long as the page is open: when a login ends in the middle of a form, the form is
 * there again after the next login of the same person. In memory alone, since it may hold secrets.
 */
import type { Document } from "../document";
import type { ConfigObject } from "../queries";

export interface Draft {
  base: Document;
  values: Document;
  stored: ConfigObject | null;
}

const drafts = new Map<string, Draft>();

export const draftOf = (key: string): Draft | undefined => drafts.get(key);

export function keepDraft(key: string, draft: Draft): void {
  drafts.set(key, draft);
}

export function forgetDraft(key: string): void {
  drafts.delete(key);
}
