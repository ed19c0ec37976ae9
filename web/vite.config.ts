import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env.CP_API_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "../controlplane/web_dist",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the content security policy forbids data: scripts and fonts
    chunkSizeWarningLimit: 700,
  },
  // For work on the page itself: `npx vite`, with the API of a running `make run`.
  server: { proxy: { "/api": { target: api, ws: true }, "/openapi.json": api, "/readyz": api } },
});
