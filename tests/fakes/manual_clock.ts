export { createFakeClock as createManualClock, type FakeClock as ManualClock, settle } from "./fake_clock.ts";
