import { type Command, COMMANDS, type Option, takesFile } from "./command_line.ts";
import { OPTION_LIST } from "./options.ts";

const INTRODUCTION = `Prometheus exporter for the balances of EVM wallets.

Usage: wallet-balance-exporter [COMMAND] [FLAGS]
       wallet-balance-exporter help COMMAND
`;

const EPILOGUE = `Every flag has an environment variable, shown in brackets; the flag takes precedence.
Exit codes: 0 success, 1 invalid configuration or environment, 2 invalid usage, 3 once: a balance could not be read,
4 once: a balance is below its minimum or critical level, 70 any other error.
`;

/** Returns the text of `--help`, for all commands or for one. */
export function usageText(command?: Command): string {
  const own = OPTION_LIST.filter(({ commands }) => command === undefined || commands.includes(command));
  const flags = own.filter(({ flag }) => flag !== undefined).map((row): Line => [flagText(row), helpText(row)]);
  const variables = own.filter(({ flag }) => flag === undefined)
    .map((row): Line => [row.env.join(), row.help + fallbackText(row)]);
  const common: readonly Line[] = [["--version", "Print the version."], ["-h, --help", "Print this help."]];
  return [
    ...command === undefined ? [INTRODUCTION, section("Commands", commandLines())] : [introductionOf(command)],
    section("Flags", [...flags, ...common]),
    ...variables.length === 0 ? [] : [section("Variables without a flag", variables)],
    EPILOGUE,
  ].join("\n").trimEnd();
}

function commandLines(): readonly Line[] {
  return [...Object.entries(COMMANDS), ["help [COMMAND]", "Print this help, or the flags of one command."]];
}

function introductionOf(command: Command): string {
  const file = takesFile(command) ? " [FILE]" : "";
  return `${COMMANDS[command]}\n\nUsage: wallet-balance-exporter ${command}${file} [FLAGS]\n`;
}

type Line = readonly [left: string, right: string];

/** Returns a flag with the placeholder of its value. */
export function flagText({ flag, value }: Option<unknown>): string {
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

/** Wraps the right column for a terminal of 100 columns. */
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
