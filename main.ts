import { run } from "./src/app.ts";

if (import.meta.main) {
  Deno.exit(await run(Deno.args));
}
