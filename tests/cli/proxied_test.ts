import assert from "node:assert/strict";
import { proxied } from "../../src/cli/proxied.ts";

Deno.test("proxied() tells which requests go through a proxy", () => {
  const rows: readonly [Record<string, string>, string, boolean][] = [
    [{}, "http://a.example/", false],
    [{ HTTP_PROXY: "http://p:1" }, "http://a.example/", true],
    [{ HTTP_PROXY: "http://p:1" }, "https://a.example/", false],
    [{ https_proxy: "http://p:1" }, "https://a.example/", true],
    [{ ALL_PROXY: "http://p:1" }, "https://a.example/", true],
    [{ ALL_PROXY: "http://p:1", NO_PROXY: "b.example" }, "https://a.example/", true],
    [{ ALL_PROXY: "http://p:1", NO_PROXY: "b.example, a.example" }, "https://a.example/", false],
    [{ ALL_PROXY: "http://p:1", NO_PROXY: ".example" }, "https://a.example/", false],
    [{ ALL_PROXY: "http://p:1", no_proxy: "*" }, "https://a.example/", false],
    [{ ALL_PROXY: "http://p:1", NO_PROXY: "ample" }, "https://a.example/", true],
    [{ ALL_PROXY: "" }, "https://a.example/", false],
  ];
  for (const [env, href, expected] of rows) {
    assert.equal(proxied((name) => env[name])(href), expected, `${JSON.stringify(env)} ${href}`);
  }
});
