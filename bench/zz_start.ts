import { benchStart } from "./start.ts";
console.log((await benchStart()).map((r) => r.value).join(" "));
