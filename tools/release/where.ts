import { SourceMap } from "node:module";

/** What is read of an entry of a map; lines and columns begin at 0. */
interface Entry {
  readonly originalSource: string;
  readonly originalLine: number;
  readonly originalColumn: number;
}

/**
 * Translates places in the bundle, as a report of an error has them, into places in the source.
 *
 * @param map the text of the build's source map
 * @param report any text with places such as `wallet-balance-exporter.js:232:1900`
 * @returns the text with such as `src/web/serve.ts:132:51` in their place
 */
export function translate(map: string, report: string): string {
  const decoder = new SourceMap(JSON.parse(map));
  return report.replaceAll(/wallet-balance-exporter\.js:(\d+):(\d+)/g, (place, line, column) => {
    const entry: Partial<Entry> = decoder.findEntry(Number(line) - 1, Number(column) - 1);
    const { originalSource, originalLine = 0, originalColumn = 0 } = entry;
    return originalSource === undefined ? place : `${originalSource}:${originalLine + 1}:${originalColumn + 1}`;
  });
}

if (import.meta.main) {
  const [map = new URL("../../dist/wallet-balance-exporter.js.map", import.meta.url)] = Deno.args;
  const report = await new Response(Deno.stdin.readable).text();
  await Deno.stdout.write(new TextEncoder().encode(translate(await Deno.readTextFile(map), report)));
}
