import { EmptyState } from "@/ui/EmptyState";
import { text } from "@/ui/text";

export function NotFound() {
  return <EmptyState title={text.states.notFound} hint={text.states.notFoundHint} />;
}
