// Copies the fonts that receipts are drawn with to frontend/gen/fonts: a PDF needs them whole, where the pages take web fonts.
import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const target = new URL("gen/fonts/", import.meta.url);
const FONTS = {
  "regular.ttf": "@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf",
  "bold.ttf": "@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf",
};
mkdirSync(target, { recursive: true });
for (const [name, file] of Object.entries(FONTS))
  copyFileSync(fileURLToPath(import.meta.resolve(file)), new URL(name, target));
