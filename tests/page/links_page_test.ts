import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { PAGE_HEADERS } from "../../src/page/layout.ts";
import { createLinks } from "../../src/page/links.ts";
import { linksPage } from "../../src/page/links_page.ts";

Deno.test("linksPage() links to the metrics, whatever their path", () => {
  assert.match(linksPage(createLinks()), /<a href="\/metrics">Metrics/);
  assert.match(linksPage(createLinks("", '/"><b>')), /<a href="\/&#34;&#62;&#60;b&#62;">Metrics/);
});

Deno.test("pages have the one style that their Content-Security-Policy allows, and no script", () => {
  const page = linksPage(createLinks());
  const [, style = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  assert.match(PAGE_HEADERS["content-security-policy"] ?? "", new RegExp(`style-src 'sha256-${RegExp.escape(hash)}';`));
  assert.doesNotMatch(page, /<script|style="|\son[a-z]+=/);
});
