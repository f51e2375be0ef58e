import { optionsTable, usageText } from "../src/cli/usage.ts";

/** Renders `docs/flags.md`. */
export function flagsPage(): string {
  return `# Flags and variables

Generated from the options of the program by \`deno task gen\`; do not edit.

A flag takes precedence over its variable. Times are whole seconds, or numbers with a unit: \`15s\`, \`5m\`, \`1h30m\`.

${optionsTable()}

## \`--help\`

\`\`\`
${usageText()}
\`\`\`
`;
}
