import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/",
  publicDir: "frontend/public",
  plugins: [tailwindcss()],
  build: {
    outDir: "frontend/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    // nothing inline: the content security policy takes fonts from files only
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["frontend/main.js", "frontend/admin.css"] },
  },
});
