export { SessionEnded, TIMINGS, type Ticket, type Timings } from "./connection.ts";
export type { EventOf, EventType, RealtimeEvent } from "./events.ts";
export { browserPlatform, type Platform, type Wake } from "./platform.ts";
export { type Listener, Realtime, type RealtimeOptions } from "./realtime.ts";
export type { Position } from "./sequencer.ts";
export type { Status } from "./status.ts";
export { browserTabs, type TabsPlatform } from "./tabs.ts";
