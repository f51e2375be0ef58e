// Listens on all addresses of this machine and writes the Host of each request to a file: hosts_listener.ts PORT FILE
const [port, file = ""] = Deno.args;
Deno.serve({
  hostname: "::",
  port: Number(port),
  onListen: () => Deno.writeTextFileSync(`${file}.ready`, ""),
  handler: (request) => {
    Deno.writeTextFileSync(file, `${request.headers.get("host")} ${new URL(request.url).host}\n`, { append: true });
    return new Response("not a node");
  },
});
