import ReconnectingWebSocket, { type CloseEvent } from "partysocket/ws";
import { type Cause, causeOfClose, reconnectDelay } from "./backoff.ts";
import { type ClientFrame, parseFrame, type ServerFrame } from "./frames.ts";
import type { Platform, Wake } from "./platform.ts";
import { type Outcome, type Position, type SequencedEvent, Sequencer } from "./sequencer.ts";
import type { Status } from "./status.ts";

/** What `POST /v1/realtime/ticket` answers. */
export interface Ticket {
  ticket: string;
  url: string;
}

/** To be thrown by what fetches tickets when the session is over (401): the only failure that ends the attempts. */
export class SessionEnded extends Error {
  constructor() {
    super("the session has ended");
    this.name = "SessionEnded";
  }
}

/** Milliseconds. */
export interface Timings {
  /** Between two questions whether the socket is alive. */
  heartbeat: number;
  /** Within which `hello` has to answer. */
  answer: number;
  /** After which what is missing is asked for. */
  gap: number;
  /** Within which a socket has to open. */
  opening: number;
  /** For which an answer says enough about the socket when the tab is looked at again. */
  trust: number;
  /** After which a connection counts as good, and the next cut begins anew with short waits. */
  settled: number;
}

export const TIMINGS: Timings = {
  heartbeat: 4 * 60_000,
  answer: 5_000,
  gap: 1_000,
  opening: 10_000,
  trust: 10_000,
  settled: 30_000,
};

/** Contacts that one socket may follow. */
export const SUBSCRIPTIONS_AT_MOST = 20;
/** Questions for the same gap after which the socket is not trusted any more. */
const VAIN_RESUMES_AT_MOST = 3;

export interface ConnectionOptions {
  /** Fetches a ticket; each opens one socket. */
  ticket(): Promise<Ticket>;
  platform: Platform;
  timings: Timings;
  /** Where a former connection has ended. */
  position?: Position | undefined;
  /** Called in order, each entry of the log once. */
  onEvent(event: SequencedEvent): void;
  /** What is kept has to be read anew over HTTP, and events go on after `position`. */
  onRestart(position: Position): void;
  onStatus(status: Status): void;
}

/** One user's log over one socket at a time, until it is stopped or the session ends. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #sequencer: Sequencer;
  #socket: ReconnectingWebSocket | undefined;
  #contacts: string[] = [];
  #stopped = false;
  /** Failures since the last connection that held; `undefined` before the first attempt. */
  #attempt: number | undefined;
  #cause: Cause = "alone";
  #openedAt: number | undefined;
  #answeredAt: number | undefined;
  #vainResumes = 0;
  #endWait: (() => void) | undefined;
  #cancelHeartbeat = () => {};
  #cancelAnswer: (() => void) | undefined;
  #cancelGap: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#sequencer = new Sequencer(options.position);
  }

  start(): void {
    const { platform, timings } = this.#options;
    const socket = new ReconnectingWebSocket(() => this.#nextUrl(), [], {
      WebSocket: platform.WebSocket,
      connectionTimeout: timings.opening,
      // How long to wait is decided in `#nextUrl`, before the ticket is fetched: a ticket does not keep.
      minReconnectionDelay: 0,
      maxReconnectionDelay: 0,
      // What was to be said to a socket that is gone is said anew, not late.
      maxEnqueuedMessages: 0,
    });
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.#opened());
    socket.addEventListener("message", (message: MessageEvent) => this.#received(message.data));
    socket.addEventListener("close", (close) => this.#closed(close));
    this.#socket = socket;
  }

  /** Closes the socket for good. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#quiet();
    this.#endWait?.();
    this.#socket?.close();
  }

  /** The machine has woken up, the tab is looked at again, the network has come or gone. */
  woken(wake: Wake): void {
    if (this.#openedAt === undefined) {
      // Whoever waits for the next attempt need wait no longer.
      if (wake !== "offline") this.#endWait?.();
      return;
    }
    // The socket may have died while nobody could notice: ask it, unless it has just answered.
    const { platform, timings } = this.#options;
    const answered = Math.abs(platform.now() - (this.#answeredAt ?? 0));
    if (wake !== "visible" || answered >= timings.trust) this.#resume();
  }

  /** The contacts to follow, those wanted last at the end; more than a socket may follow are cut at the front. */
  follow(contacts: Iterable<string>): void {
    const wanted = [...new Set(contacts)].slice(-SUBSCRIPTIONS_AT_MOST);
    const before = this.#contacts;
    this.#contacts = wanted;
    if (this.#openedAt === undefined) return;
    // Room first: the server refuses what is too many.
    for (const contact of before) if (!wanted.includes(contact)) this.#say("unsubscribe", contact);
    for (const contact of wanted) if (!before.includes(contact)) this.#say("subscribe", contact);
  }

  async #nextUrl(): Promise<string> {
    for (;;) {
      await this.#pause();
      // Once it is closed, the socket underneath does not look at the address any more.
      if (this.#stopped) return "";
      this.#options.onStatus({ state: "connecting" });
      try {
        const { ticket, url } = await this.#options.ticket();
        return `${url}?ticket=${encodeURIComponent(ticket)}`;
      } catch (error) {
        if (error instanceof SessionEnded) this.#end();
        else this.#failed("alone");
      }
    }
  }

  #pause(): Promise<void> {
    const { platform } = this.#options;
    if (this.#stopped || this.#attempt === undefined) {
      this.#attempt ??= -1;
      return Promise.resolve();
    }
    const delay = reconnectDelay(this.#attempt, this.#cause, platform.random());
    const state = platform.isOnline() ? "waiting" : "offline";
    this.#options.onStatus({ state, retryIn: delay });
    return new Promise((resolve) => {
      const cancel = platform.after(delay, resolve);
      this.#endWait = () => {
        cancel();
        resolve();
      };
    });
  }

  #opened(): void {
    this.#openedAt = this.#options.platform.now();
    this.#vainResumes = 0;
    this.#sequencer.opened();
    this.#resume();
    for (const contact of this.#contacts) this.#say("subscribe", contact);
  }

  #closed(close: CloseEvent): void {
    this.#quiet();
    const openFor = this.#openedAt === undefined ? 0 : this.#options.platform.now() - this.#openedAt;
    this.#openedAt = undefined;
    if (openFor >= this.#options.timings.settled) this.#attempt = -1;
    this.#failed(causeOfClose(close.code, openFor));
  }

  #failed(cause: Cause): void {
    this.#attempt = (this.#attempt ?? -1) + 1;
    this.#cause = cause;
  }

  #end(): void {
    this.stop();
    this.#options.onStatus({ state: "ended" });
  }

  #received(data: unknown): void {
    const frame = parseFrame(data);
    if (frame !== undefined) this.#follow(this.#outcome(frame), frame);
  }

  #outcome(frame: ServerFrame): Outcome {
    switch (frame.type) {
      case "hello":
        this.#cancelAnswer?.();
        this.#cancelAnswer = undefined;
        this.#answeredAt = this.#options.platform.now();
        this.#options.onStatus({ state: "live" });
        return this.#sequencer.hello(frame);
      case "event":
        return this.#sequencer.event(frame);
      case "reset":
        return this.#sequencer.reset(frame.epoch);
      default:
        return { events: [], resume: false };
    }
  }

  #follow(outcome: Outcome, frame: ServerFrame): void {
    if (outcome.restartAt !== undefined) this.#options.onRestart(outcome.restartAt);
    for (const event of outcome.events) this.#options.onEvent(event);
    if (outcome.events.length > 0 || outcome.restartAt !== undefined) {
      this.#vainResumes = 0;
      this.#cancelGap?.();
      this.#cancelGap = undefined;
    }
    if (outcome.resume) this.#resume();
    else if (frame.type === "event" || frame.type === "hello") this.#watchGap();
  }

  /** Asks for what is missing once it has been missing for too long without anything coming. */
  #watchGap(): void {
    if (!this.#sequencer.isBehind || this.#cancelGap !== undefined) return;
    this.#cancelGap = this.#options.platform.after(this.#options.timings.gap, () => {
      this.#cancelGap = undefined;
      if (!this.#sequencer.isBehind) return;
      this.#vainResumes += 1;
      if (this.#vainResumes > VAIN_RESUMES_AT_MOST) this.#reconnect("entries are missing");
      else this.#resume();
    });
  }

  #resume(): void {
    const position = this.#sequencer.position;
    this.#send(
      position === undefined
        ? { type: "resume" }
        : { type: "resume", epoch: position.epoch, last_seq: position.seq },
    );
    const { platform, timings } = this.#options;
    this.#cancelAnswer ??= platform.after(timings.answer, () => {
      this.#cancelAnswer = undefined;
      this.#reconnect("no answer");
    });
    this.#cancelHeartbeat();
    this.#cancelHeartbeat = platform.after(timings.heartbeat, () => this.#resume());
  }

  #reconnect(reason: string): void {
    if (!this.#stopped) this.#socket?.reconnect(4000, reason);
  }

  #say(type: "subscribe" | "unsubscribe", contact: string): void {
    this.#send({ type, contact_id: contact });
  }

  #send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #quiet(): void {
    this.#cancelHeartbeat();
    this.#cancelAnswer?.();
    this.#cancelGap?.();
    this.#cancelAnswer = undefined;
    this.#cancelGap = undefined;
  }
}
