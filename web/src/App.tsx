import createCache from "@emotion/cache";
import { CacheProvider } from "@emotion/react";
import CssBaseline from "@mui/material/CssBaseline";
import { ThemeProvider } from "@mui/material/styles";
import { QueryClientProvider } from "@tanstack/react-query";
import { createBrowserRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { queries } from "@/api/queries";
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
