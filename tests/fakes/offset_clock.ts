export { createRunningClock as createOffsetClock, type FakeClock as OffsetClock } from "./fake_clock.ts";
