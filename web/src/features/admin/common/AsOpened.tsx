import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Tagged } from "@/api/tagged";
import { useDialogs } from "@/ui/dialogs";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";

interface AsOpenedProps<Thing> {
  /** Whose lists show what was before, too. */
  resource: string;
  id: string;
  read: (id: string) => Promise<Tagged<Thing>>;
  children: (opened: Tagged<Thing>, reload: () => void) => ReactNode;
}

/**
 * Something as it is when its form opens. What is read later, as after a break of the network, changes neither the
 * fields nor the tag: the form would else save old fields over what somebody else has changed.
 */
export function AsOpened<Thing>({ resource, id, read, children }: AsOpenedProps<Thing>) {
  const queries = useQueryClient();
  const { notifyProblem } = useDialogs();
  const [base, setBase] = useState<Tagged<Thing> | null>(null);
  const found = useQuery({
    queryKey: ["opened", resource, id],
    queryFn: () => read(id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  if (!base && found.data && !found.isFetching) setBase(found.data);
  if (!base) return found.isError ? <ProblemView error={found.error} retry={() => found.refetch()} /> : <Loading />;
  return children(base, async () => {
    const { data, error } = await found.refetch();
    if (error) return notifyProblem(error);
    setBase(data ?? base);
    queries.invalidateQueries({ queryKey: [resource] });
  });
}
