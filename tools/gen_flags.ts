import { OPTION_LIST } from "../src/cli/options.ts";
import { flagText, usageText } from "../src/cli/usage.ts";

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

function optionsTable(): string {
  const cells = OPTION_LIST.map((row) => [
    row.flag === undefined ? "" : `\`${flagText(row)}\``,
    row.env.map((name) => `\`${name}\``).join(", "),
    row.fallback === undefined ? "" : `\`${row.fallback}\``,
    row.commands.join(", "),
    row.help,
  ]);
  const head = [["Flag", "Variable", "Default", "Commands", "Meaning"], ["---", "---", "---", "---", "---"]];
  return [...head, ...cells].map((line) => `| ${line.join(" | ")} |`).join("\n");
}
