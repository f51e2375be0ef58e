import { ROOT } from "../program/exporter_command.ts";

/** A block of shell commands of a page. */
export interface Commands {
  /** The heading above it. */
  readonly section: string;
  readonly text: string;
}

/** The shell commands of a page below `docs/getting-started/`, in order. */
export function commandsOf(page: string): readonly Commands[] {
  const text = Deno.readTextFileSync(new URL(`docs/getting-started/${page}.md`, ROOT));
  let section = "";
  return [...text.matchAll(/^#+ (.+)$|^( *)```sh\n([^]*?)^\2```$/gm)].flatMap(([, heading, , block]) => {
    if (block !== undefined) return [{ section, text: block }];
    section = heading ?? section;
    return [];
  });
}

/** The pages. */
export function pages(): readonly string[] {
  return [...Deno.readDirSync(new URL("docs/getting-started/", ROOT))].map(({ name }) => name.replace(/\.md$/, ""))
    .filter((name) => name !== "README").toSorted();
}
