import { ENCODERS, type Format, FORMATS } from "../metrics/encoders/encoders.ts";

/** One choice of an `Accept` or `Accept-Encoding` header. */
interface Choice {
  /** In lower case, without parameters. */
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** From 0 (never) to 1. */
  readonly quality: number;
}

/** In characters; the rest of a longer header is ignored, so that parsing is always fast. */
const MAX_HEADER_LENGTH = 4096;

/**
 * Chooses the format of a page.
 *
 * @param accept the `Accept` header
 * @returns the format that is requested by name with the highest quality; the first of several, text by default
 */
export function chooseFormat(accept: string | null): Format {
  const choices = parseChoices(accept ?? "");
  const qualityOf = (format: Format): number =>
    best(choices.filter(({ name, parameters }) => ENCODERS[format].accepts(name, parameters.get("version"))));
  const highest = Math.max(...FORMATS.map(qualityOf));
  return highest > 0 ? FORMATS.find((format) => qualityOf(format) === highest) ?? "text" : "text";
}

/**
 * Returns whether to compress a page.
 *
 * @param acceptEncoding the `Accept-Encoding` header
 */
export function acceptsGzip(acceptEncoding: string | null): boolean {
  const choices = parseChoices(acceptEncoding ?? "");
  const named = choices.filter(({ name }) => name === "gzip" || name === "x-gzip");
  const gzip = named.length > 0 ? best(named) : best(choices.filter(({ name }) => name === "*"));
  return gzip > 0 && gzip >= best(choices.filter(({ name }) => name === "identity"));
}

function best(choices: readonly Choice[]): number {
  return Math.max(0, ...choices.map(({ quality }) => quality));
}

function parseChoices(header: string): readonly Choice[] {
  return header.slice(0, MAX_HEADER_LENGTH).split(",").map((part) => {
    const [name = "", ...rest] = part.split(";").map((text) => text.trim());
    const parameters = new Map(rest.map((text) => {
      const [key = "", value = ""] = text.split("=", 2);
      return [key.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1")];
    }));
    return { name: name.toLowerCase(), parameters, quality: qualityOf(parameters.get("q")) };
  });
}

/** RFC 9110 allows three decimals; an invalid quality is ignored. */
function qualityOf(text: string | undefined): number {
  if (text === undefined) return 1;
  const quality = Number(text);
  return Number.isFinite(quality) && text !== "" ? Math.min(Math.max(quality, 0), 1) : 1;
}
