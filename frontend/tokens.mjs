// Writes the Fluent 2 tokens that the style sheets name, light and dark, to frontend/gen/tokens.css.
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { webDarkTheme, webLightTheme } from "@fluentui/tokens";

const here = (path) => new URL(path, import.meta.url);
const sheets = globSync("{*.css,css/*.css}", { cwd: here(".") });
const text = sheets.map((sheet) => readFileSync(here(sheet), "utf8")).join("\n");
const named = new Set([...text.matchAll(/var\(--((?:color[A-Z]|shadow\d)\w*)/g)].map((found) => found[1]));

const unknown = [...named].filter((name) => !(name in webLightTheme));
if (unknown.length) throw new Error(`No such token: ${unknown.join(", ")}`);

const lines = (theme) => [...named].sort().map((name) => `--${name}:${theme[name]};`).join("\n");
const css = `:root{\n${lines(webLightTheme)}\n}\n@media (prefers-color-scheme:dark){:root{\n${lines(webDarkTheme)}\n}}\n`;
mkdirSync(here("gen"), { recursive: true });
writeFileSync(here("gen/tokens.css"), css);
