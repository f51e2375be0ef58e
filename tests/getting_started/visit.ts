import { dirname } from "node:path";
import { type Anvil, startAnvil } from "../../dev/anvil.ts";
import { archiveName, fillArchive } from "../../tools/release/archive.ts";
import { BINARY, ROOT } from "../program/exporter_command.ts";
import { firstInstalled, SERVERS } from "../program/server.ts";

/** The endpoint of the pages; its place is taken by a node of this machine. */
const ENDPOINT = "https://ethereum-rpc.publicnode.com";
/** The wallets of the pages, and what they hold at first. */
export const WALLET = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const OTHER = "0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B";
export const COIN = 10n ** 18n;
const RELEASES = "https://github.com/agglayer/wallet-balance-exporter/releases/download/";

/** A user in an empty folder, who copies commands of a page. */
export interface Visit extends AsyncDisposable {
  readonly folder: string;
  /** The node behind the endpoint of the pages. */
  readonly node: Anvil;
  /** What the commands have printed. */
  readonly printed: () => string;
  /** Runs commands in the same shell as those before. Throws with all output if one fails. */
  readonly follow: (commands: string) => Promise<void>;
  /** Puts a program into the user's `PATH`. */
  readonly standIn: (name: string, script: string) => Promise<void>;
}

/** Starts a node and a shell in an empty folder. The download of a release copies a local archive of `EXPORTER_BIN`. */
export async function startVisit(): Promise<Visit> {
  await using stack = new AsyncDisposableStack();
  const node = stack.use(await startAnvil({ chainId: 1, blockTime: 1 }));
  await node.setBalance(WALLET, 5n * COIN);
  await node.setBalance(OTHER, 5n * COIN);
  const root = await Deno.makeTempDir();
  stack.defer(() => Deno.remove(root, { recursive: true }));
  const folder = `${root}/folder`;
  const programs = `${root}/bin`;
  await Deno.mkdir(folder);
  await Deno.mkdir(programs);
  async function standIn(name: string, script: string): Promise<void> {
    await Deno.writeTextFile(`${programs}/${name}`, `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  }
  await standIn("sudo", `exec "$@"`);
  await standIn(
    "curl",
    `[[ " $*" == *" ${RELEASES}"* ]] || exec "$(PATH=\${PATH#*:} type -P curl)" "$@"\nexec cp "${root}/$(basename "\${!#}")" .`,
  );
  for (const names of Object.values(SERVERS)) {
    const program = await firstInstalled(names);
    const name = names.find((each) => !/^prometheus-|-new$|\//.test(each));
    if (program !== undefined && name !== undefined && program !== name) await standIn(name, `exec ${program} "$@"`);
  }
  await packInto(root);

  const shell = new Deno.Command("setsid", {
    args: ["bash"],
    cwd: folder,
    clearEnv: true,
    env: { PATH: `${programs}:${Deno.env.get("PATH") ?? ""}`, HOME: root, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = shell.stdin.getWriter();
  let text = "";
  let hasEnded = false;
  let wake = Promise.withResolvers<void>();
  async function read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      text += part;
      wake.resolve();
    }
  }
  const ended = Promise.all([shell.status, read(shell.stdout), read(shell.stderr)]).then(() => {
    hasEnded = true;
    wake.resolve();
  });
  stack.defer(async () => {
    await new Deno.Command("kill", { args: ["-TERM", "--", `-${shell.pid}`], stderr: "null" }).output();
    await input.close().catch(() => {});
    await ended;
  });
  let step = 0;
  async function follow(commands: string): Promise<void> {
    const mark = `done-${++step}-`;
    // Like a user, who stops at the first command that fails.
    const script = `set -euo pipefail\n${commands.replaceAll(ENDPOINT, node.url)}\nset +e\necho ${mark}ok\n`;
    await input.write(new TextEncoder().encode(script)).catch(() => {});
    while (!text.includes(`${mark}ok`)) {
      if (hasEnded) throw new Error(`A command failed:\n${commands}\n${text}`);
      wake = Promise.withResolvers();
      await wake.promise;
    }
  }
  const owned = stack.move();
  return {
    folder,
    node,
    printed: () => text,
    follow,
    standIn,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Makes the archive of a release. */
async function packInto(folder: string): Promise<void> {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const name = archiveName(version.replace(/-dev$/, ""), "amd64");
  const content = new URL(`file://${folder}/archive/${name}/`);
  await Deno.mkdir(content, { recursive: true });
  if (BINARY === undefined) throw new Error("Set EXPORTER_BIN to the binary: the archive of a release contains it");
  await fillArchive(ROOT, BINARY, content);
  const args = [
    "-C",
    dirname(content.pathname),
    "--use-compress-program=gzip -1",
    "-cf",
    `${folder}/${name}.tar.gz`,
    name,
  ];
  const { success } = await new Deno.Command("tar", { args }).output();
  if (!success) throw new Error("tar failed");
}
