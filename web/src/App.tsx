import createCache from "@emotion/cache";
import { CacheProvider } from "@emotion/react";
import CssBaseline from "@mui/material/CssBaseline";
import { ThemeProvider } from "@mui/material/styles";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createBrowserRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { asProblem } from "@/api/problem";
import { features } from "@/features";
import { NotFound } from "@/layout/NotFound";
import { PageFailed } from "@/layout/PageFailed";
import { Shell } from "@/layout/Shell";
import { SessionProvider } from "@/session/SessionProvider";
import { DialogsProvider } from "@/ui/dialogs";
import { Loading } from "@/ui/Loading";
import { theme } from "@/ui/theme";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
const styles = createCache({ key: "cc", nonce });
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the API refused it would refuse again; what didn't reach it may get through.
      retry: (failures, error) => failures < 2 && [0, 502, 503].includes(asProblem(error).status),
    },
  },
});
const router = createBrowserRouter([
  {
    Component: Shell,
    HydrateFallback: Loading,
    children: [
      {
        ErrorBoundary: PageFailed,
        children: [...features.flatMap(({ routes }) => routes), { path: "*", Component: NotFound }],
      },
    ],
  },
]);

export function App() {
  return (
    <CacheProvider value={styles}>
      <ThemeProvider theme={theme} defaultMode="system">
        <CssBaseline enableColorScheme />
        <QueryClientProvider client={queries}>
          <DialogsProvider>
            <SessionProvider>
              <RouterProvider router={router} />
            </SessionProvider>
          </DialogsProvider>
        </QueryClientProvider>
      </ThemeProvider>
    </CacheProvider>
  );
}
