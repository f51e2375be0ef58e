import { SourceMap } from "node:module";
import { MAPS } from "./bundle.ts";

/** What is read of an entry of a map; lines and columns begin at 0. */
interface Entry {
  readonly originalSource: string;
  readonly originalLine: number;
  readonly originalColumn: number;
}

/**
 * Translates places in the bundle, as a report of an error has them, into places in the source.
 *
 * @param maps the text of the build's source maps
 * @param report any text with places such as `main.js:2:1900`
 * @returns the text with such as `src/server/serve.ts:132:51` in their place
 */
export function translate(maps: string, report: string): string {
  const mapOf = new Map(Object.entries<ConstructorParameters<typeof SourceMap>[0]>(JSON.parse(maps)));
  return report.replaceAll(/([\w.-]+\.js):(\d+):(\d+)/g, (place, name, line, column) => {
    const map = mapOf.get(name);
    if (map === undefined) return place;
    const entry: Partial<Entry> = new SourceMap(map).findEntry(Number(line) - 1, Number(column) - 1);
    const { originalSource, originalLine = 0, originalColumn = 0 } = entry;
    return originalSource === undefined ? place : `${originalSource}:${originalLine + 1}:${originalColumn + 1}`;
  });
}

if (import.meta.main) {
  const [maps = new URL(`../../${MAPS}`, import.meta.url)] = Deno.args;
  const report = await new Response(Deno.stdin.readable).text();
  await Deno.stdout.write(new TextEncoder().encode(translate(await Deno.readTextFile(maps), report)));
}
