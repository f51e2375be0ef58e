import assert from "node:assert/strict";
import fc from "fast-check";
import { Html, html } from "../../src/page/html.ts";

Deno.test("html escapes text, in attributes too", () => {
  const text = `<b>"it's" & more`;
  assert.equal(html`<p title="${text}">${text}</p>`.text, `<p title="${ESCAPED}">${ESCAPED}</p>`);
});

const ESCAPED = "&#60;b&#62;&#34;it&#39;s&#34; &#38; more";

Deno.test("html keeps markup that was made by it, joins lists, and leaves nothing out", () => {
  const items = ["a", "<b>"].map((item) => html`<i>${item}</i>`);
  assert.equal(html`${items}${undefined}${false}${0}${[html`<b>x</b>`, " & ", 1]}`.text, ALL);
});

const ALL = "<i>a</i><i>&#60;b&#62;</i>0<b>x</b> &#38; 1";

Deno.test("html makes no markup of any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const made = html`<p title="${text}">${text}</p>`.text;
    assert.equal(made.replace(/^<p title="([^"<>]*)">([^<>]*)<\/p>$/, ""), "");
  }));
});

Deno.test("html leaves line breaks of a template out next to tags and values, not within text", () => {
  const made = html`
    <ul class="a"
      id="b">
      <p>one
        two ${"three"}
      </p>
    </ul>
  `;
  assert.equal(made.text, '<ul class="a" id="b"><p>one two three</p></ul>');
});

Deno.test("html leaves out end tags that HTML does not need", () => {
  assert.equal(
    html`
      <table>
        <tr>
          <td>${"a"}</td>
        </tr>
      </table>
    `.text,
    "<table><tr><td>a</table>",
  );
  assert.equal(html`${new Html("</td>")}${"</td>"}`.text, "</td>&#60;/td&#62;");
});
