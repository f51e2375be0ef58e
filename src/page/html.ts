/** Markup that is safe to send. */
export class Html {
  constructor(readonly text: string) {}
}

/** What a template may contain: text is escaped, lists are joined, nothing is left out. */
export type Content = Html | string | number | undefined | false | readonly Content[];

/**
 * Makes markup of a template. Values are escaped, in attributes too: those are always quoted. A line break of the
 * template with its indentation is left out next to a tag or a value, and a space elsewhere.
 */
export function html(template: TemplateStringsArray, ...values: readonly Content[]): Html {
  const strings = compact(template);
  let text = strings[0] ?? "";
  for (const [index, value] of values.entries()) text += textOf(value) + (strings[index + 1] ?? "");
  return new Html(text);
}

/** End tags that HTML does not need: a twelfth of a page of wallets. */
const OPTIONAL = /<\/(td|th|tr|li|option)>/g;

/** Templates are constants: each is made compact once. */
const known = new WeakMap<TemplateStringsArray, readonly string[]>();

function compact(template: TemplateStringsArray): readonly string[] {
  const made = known.get(template) ?? template.map((text) =>
    text.replace(/\s*\n\s*/g, (_, at: number) => {
      const before = text.slice(0, at).at(-1);
      const after = text.slice(at).trimStart()[0];
      return before === undefined || after === undefined || before === ">" || after === "<" || after === ">" ? "" : " ";
    }).replace(OPTIONAL, "").replaceAll(" />", "/>")
  );
  known.set(template, made);
  return made;
}

function textOf(content: Content): string {
  if (content instanceof Html) return content.text;
  if (content === undefined || content === false) return "";
  if (typeof content === "string") return escape(content);
  return typeof content === "number" ? String(content) : content.map(textOf).join("");
}

function escape(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`) : text;
}
