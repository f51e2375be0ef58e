import { type Browser, chromium, type Page, type Response } from "playwright-core";

/** How a page is looked at. */
export interface View {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly colors: "light" | "dark";
  /** Of the query. */
  readonly query?: Readonly<Record<string, string>>;
}

export const VIEWS: readonly View[] = [
  { name: "light", width: 1280, height: 900, colors: "light" },
  { name: "dark", width: 1280, height: 900, colors: "dark" },
  { name: "phone", width: 390, height: 844, colors: "light" },
  { name: "wall", width: 1920, height: 1080, colors: "dark", query: { view: "wall" } },
];

/** A page in a browser of its own. */
export interface OpenPage extends AsyncDisposable {
  readonly tab: Page;
  /** To the page's own request. */
  readonly response: Response;
  /** Console errors, exceptions, and what the Content-Security-Policy blocked; filled while the page is open. */
  readonly errors: readonly string[];
  /** URLs, also of what is inline. */
  readonly requests: readonly string[];
}

/** Starts Chromium, of `CHROMIUM_BIN` or `PATH`. Returns `undefined` if there is none. */
export async function launchBrowser(): Promise<Browser | undefined> {
  const executablePath = await findChromium();
  return executablePath === undefined ? undefined : await chromium.launch({ executablePath });
}

async function findChromium(): Promise<string | undefined> {
  const given = Deno.env.get("CHROMIUM_BIN") ?? "";
  if (given !== "") return given;
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const paths = folders.flatMap((folder) =>
    ["chromium", "chromium-browser", "google-chrome"].map((name) => `${folder}/${name}`)
  );
  for (const path of paths) {
    const info = await Deno.stat(path).catch(() => undefined);
    if (info?.isFile) return path;
  }
  return undefined;
}

/** Opens a page. */
export async function openPage(
  browser: Browser,
  { width, height, colors, query = {} }: View,
  path: string,
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: colors });
  const tab = await context.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  tab.on("console", (message) => errors.push(`${message.type()}: ${message.text()}`));
  tab.on("pageerror", (error) => errors.push(String(error)));
  tab.on("request", (request) => requests.push(request.url()));
  await tab.exposeFunction("reportViolation", (text: string) => errors.push(text));
  await tab.addInitScript(REPORT);
  const url = new URL(path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const response = await tab.goto(url.href);
  if (response === null) throw new Error(`${url} has no response`);
  return { tab, response, errors, requests, [Symbol.asyncDispose]: () => context.close() };
}

const REPORT = `
  addEventListener("securitypolicyviolation", (event) => {
    reportViolation("blocked: " + event.violatedDirective + " " + event.blockedURI + " " + event.sample);
  });
`;
