import type { RealtimeEvent } from "./events.ts";
import type { EventFrame, HelloFrame } from "./frames.ts";

/** How far a client has read: the name of the log, and the number of the last entry it has applied. */
export interface Position {
  epoch: string;
  seq: number;
}

/** An event with its place in the log. */
export interface SequencedEvent {
  epoch: string;
  seq: number;
  event: RealtimeEvent;
}

/** What follows from a frame. */
export interface Outcome {
  /** To be applied now, in this order. */
  events: SequencedEvent[];
  /**
   * Where to go on from after reading the state over HTTP: at the very beginning, and after a reset. `events` come
   * after it.
   */
  restartAt?: Position;
  /** Whether the server has to be asked for the log from our position on. */
  resume: boolean;
}

/** Entries held back while others are missing; what is beyond is not kept but replayed. */
const HELD_AT_MOST = 1_000;

/**
 * Puts the entries of the log in order: what has been seen is dropped, what comes too early is held back until the
 * entries before it are there. Knows neither time nor socket.
 */
export class Sequencer {
  #position: Position | undefined;
  /** What the socket's last hello said; nothing before it. */
  #announced: Position | undefined;
  /** The newest entry of the current or announced epoch that is known to exist. */
  #newest = 0;
  /** Entries that are too early, by number; all of the epoch that is current or announced. */
  #held = new Map<number, EventFrame>();

  constructor(position?: Position) {
    this.#position = position;
  }

  get position(): Position | undefined {
    return this.#position;
  }

  /** Whether entries are known to exist that have not come. */
  get isBehind(): boolean {
    if (this.#position === undefined) return false;
    if (this.#announced !== undefined && this.#announced.epoch !== this.#position.epoch) return true;
    return this.#newest > this.#position.seq;
  }

  /** A new socket: what the old one announced no longer counts. */
  opened(): void {
    this.#announced = undefined;
  }

  hello({ epoch, seq }: HelloFrame): Outcome {
    const before = this.#announced?.epoch ?? this.#position?.epoch ?? epoch;
    this.#newest = before === epoch ? Math.max(this.#newest, seq) : seq;
    this.#announced = { epoch, seq };
    if (this.#position === undefined) return this.#restart({ epoch, seq });
    // With another epoch, or a number before ours, a reset follows.
    return { events: [], resume: false };
  }

  /** What is missing cannot be replayed. */
  reset(epoch: string): Outcome {
    if (this.#announced?.epoch !== epoch) return { events: [], resume: true };
    return this.#restart(this.#announced);
  }

  event(frame: EventFrame): Outcome {
    const position = this.#position;
    const expected = this.#announced?.epoch ?? position?.epoch;
    if (expected !== undefined && frame.epoch !== expected) return { events: [], resume: true };
    if (position !== undefined && frame.epoch === position.epoch && frame.seq <= position.seq) {
      return { events: [], resume: false };
    }
    this.#hold(frame);
    return { events: this.#drain(), resume: false };
  }

  #restart(position: Position): Outcome {
    this.#position = position;
    for (const [seq, frame] of this.#held) {
      if (seq <= position.seq || frame.epoch !== position.epoch) this.#held.delete(seq);
    }
    this.#newest = Math.max(position.seq, ...this.#held.keys());
    // Entries after the position may have overtaken the hello.
    return { events: this.#drain(), restartAt: position, resume: false };
  }

  #hold(frame: EventFrame): void {
    this.#newest = Math.max(this.#newest, frame.seq);
    const isNext = frame.seq === (this.#position?.seq ?? 0) + 1;
    if (this.#held.size >= HELD_AT_MOST && !isNext) return;
    this.#held.set(frame.seq, frame);
  }

  #drain(): SequencedEvent[] {
    const events: SequencedEvent[] = [];
    while (this.#position !== undefined) {
      const seq: number = this.#position.seq + 1;
      const next = this.#held.get(seq);
      if (next?.epoch !== this.#position.epoch) break;
      this.#held.delete(seq);
      this.#position = { epoch: next.epoch, seq };
      events.push({ epoch: next.epoch, seq, event: next.event });
    }
    return events;
  }
}
