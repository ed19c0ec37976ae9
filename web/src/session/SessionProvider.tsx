import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import { Loading } from "@/ui/Loading";
import { ProblemView } from "@/ui/ProblemView";
import { type Me, meQuery } from "./me";
import { currentSession, openSession, subscribe } from "./session";

const LoginPage = lazy(() => import("./LoginPage"));
const MeContext = createContext<Me | null>(null);

/** Who is asking; only below {@link SessionProvider}. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error("useMe outside of SessionProvider");
  return me;
}

/** May this person do that? `scope` such as `queues:write`. The API decides; the page only hides what it would refuse. */
export function useMay(): (scope: string) => boolean {
  const me = useMe();
  return (scope) => me.scopes.includes(scope);
}

/** Shows the page to who is logged in, else the login. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const token = useSyncExternalStore(subscribe, () => currentSession().accessToken);
  const organization = useSyncExternalStore(subscribe, () => currentSession().organizationId);
  const [looked, setLooked] = useState(false);
  const queries = useQueryClient();

  useEffect(() => {
    openSession().then(() => setLooked(true));
  }, []);
  useEffect(() => {
    if (looked && !token) queries.clear(); // nothing of one login is shown to the next
  }, [looked, token, queries]);

  const me = useQuery({ ...meQuery(organization), enabled: token !== null });
  if (!looked) return <Loading />;
  if (!token)
    return (
      <Suspense fallback={<Loading />}>
        <LoginPage />
      </Suspense>
    );
  // Only where nothing is known: what is shown, a call that goes on included, outlives an answer that is lost later.
  if (me.isLoadingError) return <ProblemView error={me.error} retry={() => me.refetch()} />;
  if (!me.data) return <Loading />;
  return <MeContext.Provider value={me.data}>{children}</MeContext.Provider>;
}
