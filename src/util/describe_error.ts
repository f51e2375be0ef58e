import { cleanForeign } from "./redact.ts";

/** Enough to find the place; what called it all is always the same. */
const FRAMES = 3;

/**
 * Describes an error that nobody expected, for the log and for a report: no text
 * of it may hold a secret, and where it happened is told by file, line and column
 * alone. Of the compiled program that is a place in the bundle, which
 * `deno task where` translates.
 *
 * @param error anything that was thrown
 * @returns such as `TypeError: x is not a function (serve.ts:131:50 routes.ts:20:3)`
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const places = placesOf(error);
  const where = places.length === 0 ? "" : ` (${cleanForeign(places.join(" "))})`;
  return `${cleanForeign(`${error.name}: ${error.message}`)}${where}`;
}

function placesOf({ stack, message }: Error): readonly string[] {
  if (typeof stack !== "string") return [];
  // A message may have lines that look like places.
  const frames = stack.slice(stack.indexOf(message) + message.length).split("\n").filter((line) =>
    /^\s+at /.test(line) && !/\b(?:ext|node):/.test(line)
  );
  return frames.flatMap((line) => /[\w.-]+\.[jt]s:\d+:\d+(?=\)?$)/.exec(line)?.[0] ?? []).slice(0, FRAMES);
}
