/** The names of all families, from the page of metrics that `deno task gen` keeps true. */
export async function metricNames(): Promise<readonly string[]> {
  const page = await Deno.readTextFile(new URL("../../docs/metrics.md", import.meta.url));
  return [...page.matchAll(/^\| `(\w+)` \|/gm)].flatMap(([, name]) => name ?? []);
}
