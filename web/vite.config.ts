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
    // Every file costs a slow machine some milliseconds at each start: what all pages need is one file, and what ten or
    // more of the parts that are loaded later need another; both together weigh no more than the many small ones did.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "shell", tags: ["$initial"] },
            { name: "parts", minShareCount: 10 },
          ],
        },
      },
    },
  },
  // For work on the page itself: `npx vite`, with the API of a running `make run`.
  server: { proxy: { "/api": { target: api, ws: true }, "/openapi.json": api, "/readyz": api } },
});
