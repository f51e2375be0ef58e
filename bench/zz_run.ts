import { benchScale } from "./zz_scale.ts";
for (const r of await benchScale()) console.log(r.what, r.value, r.against);
