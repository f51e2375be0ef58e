import { optionsTable, usageText } from "../src/cli/usage.ts";

/** Writes `docs/flags.md` from the table of options. */
export function flagsPage(): string {
  return `# Flags and variables

Made from the program's own table of options by \`deno task gen\`; do not edit.

A flag beats its variable. Times are whole seconds, or numbers with a unit: \`15s\`, \`5m\`, \`1h30m\`.

${optionsTable()}

## \`--help\`

\`\`\`
${usageText()}
\`\`\`
`;
}
