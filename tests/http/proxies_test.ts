import assert from "node:assert/strict";
import { normalizeNoProxy } from "../../src/cli/environment.ts";
import { proxiesFor } from "../../src/http/proxies.ts";

Deno.test("proxiesFor() returns the proxies that requests go through", () => {
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
    [{ ALL_PROXY: "http://p:1", NO_PROXY: "10.0.0.0/8" }, "https://10.1.2.3:8545/", false],
    [{ ALL_PROXY: "http://p:1", NO_PROXY: "10.0.0.0/8" }, "https://11.1.2.3:8545/", true],
    [{ ALL_PROXY: "http://p:1", NO_PROXY: "::1" }, "https://[::1]:8545/", false],
    [{ ALL_PROXY: "" }, "https://a.example/", false],
  ];
  for (const [env, href, expected] of rows) {
    const proxies = proxiesFor(href, (name) => env[name]);
    assert.deepEqual(proxies, expected ? ["p"] : [], `${JSON.stringify(env)} ${href}`);
  }
});

Deno.test("proxiesFor() reads the environment at each call: NO_PROXY is normalized after the start", () => {
  const env: Record<string, string> = { ALL_PROXY: "http://p:1", NO_PROXY: "a.example:8545" };
  const proxies = (): readonly string[] => proxiesFor("https://a.example/", (name) => env[name]);
  assert.deepEqual(proxies(), ["p"]);
  env["NO_PROXY"] = "a.example";
  assert.deepEqual(proxies(), []);
});

Deno.test("CH6: normalizeNoProxy() writes entries as the runtime reads them", () => {
  for (
    const [text, normal] of [
      ["*", "*"],
      ["Node.Example", "node.example"],
      ["node.example:8545", "node.example"],
      ["10.0.0.1:8545, 10.0.0.0/8", "10.0.0.1,10.0.0.0/8"],
      ["*.example, .Other", ".example,.other"],
      ["[::1]:8545,[fd00::1],::2", "::1,fd00::1,::2"],
      ["node.example.,,", "node.example"],
    ] as const
  ) {
    const env = new Map<string, string>([["NO_PROXY", text], ["no_proxy", text]]);
    normalizeNoProxy({ get: (name) => env.get(name), set: (name, value) => void env.set(name, value) });
    assert.deepEqual([...env.values()], [normal, normal]);
  }
});
