import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { skipCheck } from "../fakes/outside_tool.ts";
import { launchBrowser, type OpenPage, openPage, type View, VIEWS } from "./browser.ts";
import { emptyScene, failingScene, labelScene, livelyScene, type Scene, teamScene, walletPath } from "./scenes.ts";

/** Chromium logs that the document itself has another status than 200. */
const NOT_FOUND = "error: Failed to load resource: the server responded with a status of 404 (Not Found)";

const LABELS = [
  `<img src=x onerror="document.title='x'"><b>bold</b>`,
  `"'></title><script>document.title='x'</script>`,
  "\u202Etxt.exe\u202C مرحبا بالعالم",
  "🔥 👩‍👩‍👧‍👦 e\u0301",
  "x".repeat(10_240),
  "many words ".repeat(931).trim(),
];

/** Folder that keeps a screenshot of each state in each view; none by default. */
const SCREENSHOTS = Deno.env.get("SCREENSHOTS") ?? "";

type Check = (page: OpenPage, view: View) => Promise<void>;

/** A page to look at. */
interface Look {
  readonly path: string;
  /** Of the screenshots. */
  readonly name: string;
  readonly check: Check;
  /** All by default. */
  readonly views?: readonly View[];
}

/** Opens pages of a scene in each view; all must hold what every page must, and their check. */
async function lookAt(open: () => Promise<Scene>, looks: readonly Look[]): Promise<void> {
  const browser = await launchBrowser();
  if (browser === undefined) return skipCheck("the pages in a browser", "Chromium is not installed");
  try {
    await using scene = await open();
    for (const { path, name, check, views = VIEWS } of looks) {
      for (const view of views) {
        await using page = await openPage(browser, view, scene.url + path);
        if (SCREENSHOTS !== "") await page.tab.screenshot({ path: `${SCREENSHOTS}/${name}-${view.name}.png` });
        await check(page, view);
        await checkPage(page, view);
      }
    }
  } finally {
    await browser.close();
  }
}

async function checkPage({ tab, errors, requests }: OpenPage, { name }: View): Promise<void> {
  await reachAll(tab);
  const { violations } = await tab.evaluate<axe.AxeResults>(`${axe.source}; axe.run()`);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" ")}`);
  assert.deepEqual(found, [], `axe-core at ${tab.url()}, ${name}`);
  assert.deepEqual(errors.filter((error) => error !== NOT_FOUND), [], name);
  assert.deepEqual(requests.filter((url) => !url.startsWith("data:")), [tab.url()], name);
  assert.match(await tab.locator("link[rel=icon]").getAttribute("href") ?? "", /^data:image/);
  const excess = await tab.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
  assert.ok(excess <= 0, `${tab.url()}, ${name}: the page is ${excess} pixels too wide`);
}

/** Goes through the page with the Tab key: it must reach all that can be used, each with a visible outline. */
async function reachAll(tab: Page): Promise<void> {
  const wanted = await tab.evaluate<number>(
    `const all = [...document.querySelectorAll("a[href], button, input, select, [tabindex='0']")].filter((each) => ` +
      `each.checkVisibility() && each.type !== "hidden"); all.forEach((each) => each.dataset.wanted = ""); all.length`,
  );
  assert.ok(wanted > 0);
  for (let pressed = 0; pressed < wanted; pressed++) {
    await tab.keyboard.press("Tab");
    const outline = await tab.evaluate<string>(
      `delete document.activeElement.dataset.wanted; getComputedStyle(document.activeElement).outlineStyle`,
    );
    assert.notEqual(outline, "none");
  }
  const missed = await tab.evaluate<string[]>(
    `[...document.querySelectorAll("[data-wanted]")].map((each) => each.outerHTML.slice(0, 200))`,
  );
  assert.deepEqual(missed, [], "not reached by the Tab key");
}

async function heading({ tab }: OpenPage): Promise<string> {
  return await tab.locator("h1").innerText();
}

function refreshOf({ response }: OpenPage): string | undefined {
  return response.headers()["refresh"];
}

Deno.test("the pages in a browser are whole and accessible, and refresh themselves", async () => {
  await lookAt(livelyScene, [{
    path: "/",
    name: "overview",
    check: async (page) => {
      assert.match(await heading(page), /^2 wallets need attention, 1 network cannot be read$/);
      assert.equal(await page.tab.locator(".scroll").count(), 2);
      assert.equal(refreshOf(page), "30");
    },
  }, {
    path: "/?network=base&refresh=0",
    name: "paused",
    check: async (page) => {
      assert.equal(refreshOf(page), undefined);
      const resume = await page.tab.locator("a.pause").first().getAttribute("href") ?? "";
      assert.match(resume, /network=base/);
      assert.doesNotMatch(resume, /refresh/);
      assert.equal(await page.tab.locator(".wallets tbody tr").count(), 3);
    },
  }, {
    path: walletPath("ethereum", 0, 0),
    name: "wallet",
    check: async (page) => {
      assert.equal(await heading(page), "batcher");
      assert.equal(refreshOf(page), "30");
    },
  }, {
    path: walletPath("ethereum", 0, 3),
    name: "wallets-of-one-address",
    check: async (page) => {
      assert.equal(await heading(page), "treasury, bond");
      assert.deepEqual(await page.tab.locator("h2").allInnerTexts(), ["treasury", "bond"]);
    },
  }]);
});

Deno.test("the pages in a browser without wallets say what to do", async () => {
  await lookAt(emptyScene, [{
    path: "/",
    name: "empty",
    check: async (page) => assert.equal(await heading(page), "No wallets are configured"),
  }, {
    path: walletPath("ethereum", 0, 0),
    name: "not-found",
    check: async ({ tab, response }) => {
      assert.equal(response.status(), 404);
      assert.equal(await tab.getByText("All wallets").getAttribute("href"), "/");
    },
  }]);
});

Deno.test("the pages in a browser explain that nothing can be read", async () => {
  await lookAt(failingScene, [{
    path: "/",
    name: "failing",
    check: async (page) => assert.match(await heading(page), /^2 networks cannot be read/),
  }]);
});

Deno.test("labels of any kind are text in a browser", async () => {
  const pages = LABELS.map((label, index): Look => ({
    path: walletPath("127", 0, index),
    name: `label-${index}`,
    views: VIEWS.filter(({ name }) => name === "light" || name === "phone"),
    check: async ({ tab }) => {
      assert.equal(await tab.locator("h1").textContent(), label);
      assert.equal(await tab.locator("script, img, [onerror]").count(), 0);
    },
  }));
  await lookAt(() => labelScene(LABELS), [{
    path: "/",
    name: "labels",
    check: async ({ tab }) => {
      const shown = await tab.locator(".wallets th a").allTextContents();
      assert.deepEqual(shown.toSorted(), LABELS.toSorted());
      assert.equal(await tab.locator("script, img, b b, [onerror]").count(), 0);
    },
  }, ...pages]);
});

Deno.test("the page of a team shows its wallets only", async () => {
  const [hostile = "", long = ""] = [LABELS[0], "x".repeat(200)];
  await lookAt(() => teamScene([hostile, "bridge", long]), [
    {
      path: `/?labels.team=${encodeURIComponent(hostile)}`,
      name: "team",
      async check({ tab }) {
        assert.equal(await tab.locator("h1").textContent(), "1 wallet needs attention");
        assert.deepEqual(await tab.locator(".wallets th a").allTextContents(), ["wallet 0"]);
        assert.equal(await tab.locator("script, img, b b, [onerror]").count(), 0);
        assert.equal(await tab.getByLabel("team").inputValue(), hostile);
        assert.match(
          await tab.getByRole("link", { name: "Show all" }).getAttribute("href") ?? "",
          /^\/(\?view=wall)?$/,
        );
      },
    },
    {
      // What the form sends.
      path: "/?q=&network=&state=&labels.team=bridge&sort=urgency",
      name: "other-team",
      async check({ tab }) {
        assert.deepEqual(await tab.locator(".wallets th a").allTextContents(), ["wallet 1"]);
      },
    },
    {
      path: "/?labels.team=nobody",
      name: "no-team",
      async check({ tab }) {
        assert.equal(await tab.locator("h1").textContent(), "No wallet has these labels");
      },
    },
  ]);
});
