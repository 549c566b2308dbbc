// Writes each dashboard of a folder as a TypeScript literal, for check.sh.
// Usage: literal.mjs OUTPUT_DIRECTORY DASHBOARD_DIRECTORY
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

// The keys that the Prometheus data source adds to an annotation; its plugin reads them along with the schema's keys.
const PROMETHEUS_ANNOTATION = ["expr", "titleFormat", "textFormat", "tagKeys", "useValueForTime", "step"];

const [output, directory] = process.argv.slice(2);
const files = readdirSync(directory).filter((name) => name.endsWith(".json"));
if (files.length === 0) {
  console.error(`${directory}: no dashboards`);
  process.exit(1);
}
// The text of a literal represents a value of an enumeration, which TypeScript itself does not allow.
const HEAD = `import type { Dashboard, Panel, RowPanel } from "@grafana/schema";
type Plain<T> = T extends string ? \`\${T}\`
  : T extends number ? (number extends T ? T : \`\${T}\` extends \`\${infer N extends number}\` ? N : T)
  : T extends (infer U)[] ? Plain<U>[]
  : T extends object ? { [K in keyof T]: Plain<T[K]> }
  : T;
`;
const constant = (name, type, value) => `export const ${name}: Plain<${type}> = ${JSON.stringify(value, null, 2)};\n`;

for (const name of files) {
  const dashboard = JSON.parse(readFileSync(join(directory, name), "utf8"));
  for (const annotation of dashboard.annotations?.list ?? []) {
    PROMETHEUS_ANNOTATION.forEach((key) => delete annotation[key]);
  }
  // One constant per panel, so that an error in one does not hide errors in another.
  const panels = dashboard.panels ?? [];
  const parts = panels.map((panel, i) => constant(`panel${i}`, panel.type === "row" ? "RowPanel" : "Panel", panel));
  const whole = constant("dashboard", "Dashboard", { ...dashboard, panels: [] });
  writeFileSync(join(output, `${basename(name, ".json")}.ts`), HEAD + whole + parts.join(""));
}
