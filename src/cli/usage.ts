import { type Command, type Option, OPTIONS, TAKE_FILE } from "./options.ts";

const COMMAND_HELP: Readonly<Record<Command, string>> = {
  run: "Watch the wallets and serve their balances; the default.",
  check: "Print every problem of the configuration with its place; exit 1 for errors and warnings.",
  plan: "Print what watching costs a day: requests, calls, bytes and billed units; sends nothing.",
  once:
    "Read all balances once and print or push them; exit 4 when something is too low, 3 when something was not read.",
  convert: "Print a configuration of format 1 as one of format 2, with variables in place of URLs.",
  healthcheck: "Ask a running exporter whether it is well; exit 0 or 1. For probes without a shell.",
  version: "Print the version.",
};

const INTRODUCTION = `Watches the balances of EVM wallets and serves them to Prometheus.

Usage: wallet-balance-exporter [COMMAND] [FLAGS]
       wallet-balance-exporter help COMMAND
`;

const EPILOGUE = `Every flag has a variable of the environment, shown in brackets; the flag wins.
Exit codes: 0 success, 1 configuration or environment refused, 2 wrong usage, 3 once: something was not read,
4 once: something is below its minimum, 70 anything else.
`;

/**
 * The text of `--help`.
 *
 * @param command whose flags alone are listed; all without it
 */
export function usageText(command?: Command): string {
  const own = rows().filter(({ commands }) => command === undefined || commands.includes(command));
  const flags = own.filter(({ flag }) => flag !== undefined).map((row): Line => [flagText(row), helpText(row)]);
  const variables = own.filter(({ flag }) => flag === undefined).map((
    row,
  ): Line => [row.env.join(), row.help + fallbackText(row)]);
  const common: readonly Line[] = [["--version", "Print the version."], ["-h, --help", "Print this text."]];
  return [
    ...command === undefined ? [INTRODUCTION, section("Commands", commandLines())] : [introductionOf(command)],
    section("Flags", [...flags, ...common]),
    ...variables.length === 0 ? [] : [section("Variables without a flag", variables)],
    EPILOGUE,
  ].join("\n").trimEnd();
}

function commandLines(): readonly Line[] {
  return [...Object.entries(COMMAND_HELP), ["help [COMMAND]", "Print this text, or the flags of one command."]];
}

function introductionOf(command: Command): string {
  const file = TAKE_FILE.includes(command) ? " [FILE]" : "";
  return `${COMMAND_HELP[command]}\n\nUsage: wallet-balance-exporter ${command}${file} [FLAGS]\n`;
}

/** The options as a Markdown table, for the documentation. */
export function optionsTable(): string {
  const cells = rows().map((row) => [
    row.flag === undefined ? "" : `\`${flagText(row)}\``,
    row.env.map((name) => `\`${name}\``).join(", "),
    row.fallback === undefined ? "" : `\`${row.fallback}\``,
    row.commands.join(", "),
    row.help,
  ]);
  const head = [["Flag", "Variable", "Default", "Commands", "Meaning"], ["---", "---", "---", "---", "---"]];
  return [...head, ...cells].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

type Line = readonly [left: string, right: string];

function rows(): readonly Option<unknown>[] {
  return Object.values(OPTIONS);
}

function flagText({ flag, value }: Option<unknown>): string {
  return value === undefined ? `--${flag}` : `--${flag}=${value}`;
}

function helpText(row: Option<unknown>): string {
  return `${row.help}${fallbackText(row)} [${row.env.join(", ")}]`;
}

function fallbackText({ fallback }: Option<unknown>): string {
  return fallback === undefined || fallback === "false" ? "" : ` Default ${fallback}.`;
}

function section(title: string, lines: readonly Line[]): string {
  const width = Math.max(...lines.map(([left]) => left.length)) + 2;
  return `${title}:\n${lines.map(([left, right]) => wrap(left, right, width)).join("")}`;
}

/** Folds the right column so that a terminal of 100 columns does not. */
function wrap(left: string, right: string, width: number): string {
  const indent = " ".repeat(width + 2);
  const rows: string[] = [];
  let row = "";
  for (const word of right.split(" ")) {
    if (row !== "" && row.length + word.length + 1 > 98 - indent.length) {
      rows.push(row);
      row = word;
    } else {
      row = row === "" ? word : `${row} ${word}`;
    }
  }
  rows.push(row);
  return `  ${left.padEnd(width)}${rows.join(`\n${indent}`)}\n`;
}
