import { SourceMap } from "node:module";
import { MAPS } from "./bundle.ts";

/** Lines and columns begin at 0. */
interface Entry {
  readonly originalSource: string;
  readonly originalLine: number;
  readonly originalColumn: number;
}

/**
 * Translates positions in the bundle, as in a stack trace, into positions in the source.
 *
 * @param maps the build's source maps, JSON
 * @param report any text with positions such as `main.js:2:1900`
 * @returns the text with positions such as `src/server/serve.ts:132:51`
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
