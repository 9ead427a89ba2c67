import { Connection, TIMINGS, type Ticket, type Timings } from "./connection.ts";
import type { EventOf, EventType, RealtimeEvent } from "./events.ts";
import { browserPlatform, type Platform, type Wake } from "./platform.ts";
import type { Position, SequencedEvent } from "./sequencer.ts";
import type { Status } from "./status.ts";
import { browserTabs, type Channel, hold, type TabMessage, type TabsPlatform, whenReleased } from "./tabs.ts";

export interface RealtimeOptions {
  /** Whose events: tabs of different users of one browser do not share a socket. */
  user: string;
  /** Fetches a ticket (`POST /v1/realtime/ticket`); throws `SessionEnded` on 401, anything else to be asked again. */
  ticket(): Promise<Ticket>;
  platform?: Platform;
  /** `undefined` gives this client a socket of its own. */
  tabs?: TabsPlatform | undefined;
  timings?: Timings;
}

/** Called with each event, once and in order. */
export type Listener = (event: RealtimeEvent) => void;

/**
 * A user's events, gap-free and in order, over one socket among all tabs of the browser. Events are delivered to every
 * tab. Begins at once; `close` ends it.
 */
export class Realtime {
  readonly #options: RealtimeOptions;
  readonly #platform: Platform;
  readonly #tabs: TabsPlatform | undefined;
  readonly #name: string;
  readonly #tab = crypto.randomUUID();
  readonly #closing = new AbortController();
  readonly #channel: Channel | undefined;
  readonly #listeners = new Set<Listener>();
  readonly #restartListeners = new Set<() => void>();
  readonly #statusListeners = new Set<(status: Status) => void>();
  /** What this tab shows, and how many of its parts show it; the latest last. */
  readonly #shown = new Map<string, number>();
  /** What the other tabs show, as far as they told; of use to the leader only. */
  readonly #shownElsewhere = new Map<string, string[]>();
  #connection: Connection | undefined;
  #position: Position | undefined;
  #status: Status = { state: "connecting" };

  constructor(options: RealtimeOptions) {
    this.#options = options;
    this.#platform = options.platform ?? browserPlatform();
    this.#tabs = "tabs" in options ? options.tabs : browserTabs();
    this.#name = `sep-realtime:${options.user}`;
    const stopListening = this.#platform.onWake((wake) => this.#woken(wake));
    this.#closing.signal.addEventListener("abort", stopListening, { once: true });
    if (this.#tabs === undefined) {
      this.#lead();
      return;
    }
    this.#channel = this.#tabs.channel(this.#name);
    this.#channel.onmessage = (message) => this.#told(message.data as TabMessage);
    // In this order: by the time anybody hears of this tab, its lock is asked for.
    hold(this.#tabs.locks, this.#lockOf(this.#tab), this.#closing.signal, () => {});
    hold(this.#tabs.locks, this.#name, this.#closing.signal, () => this.#lead());
    this.#tell({ kind: "joined" });
  }

  get status(): Status {
    return this.#status;
  }

  /** Whether this tab is the one that holds the socket: what must happen once among tabs is done there. */
  get leads(): boolean {
    return this.#connection !== undefined;
  }

  /** Listens to events of one type until the returned function is called. */
  on<Type extends EventType>(type: Type, listener: (event: EventOf<Type>) => void): () => void {
    return this.onEvent((event) => {
      if (event.type === type) listener(event as EventOf<Type>);
    });
  }

  /** Listens to all events, those of types that this version does not know included. */
  onEvent(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called when everything has to be read anew over HTTP: at the beginning, and where a gap cannot be filled. */
  onRestart(listener: () => void): () => void {
    this.#restartListeners.add(listener);
    return () => this.#restartListeners.delete(listener);
  }

  onStatus(listener: (status: Status) => void): () => void {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  }

  /** Asks for the events of a contact until the returned function is called. */
  follow(contact: string): () => void {
    const shown = this.#shown.get(contact) ?? 0;
    this.#shown.delete(contact);
    this.#shown.set(contact, shown + 1);
    this.#showsOthers();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (this.#shown.get(contact) ?? 1) - 1;
      if (left > 0) this.#shown.set(contact, left);
      else this.#shown.delete(contact);
      this.#showsOthers();
    };
  }

  /** Ends it for this tab; another tab takes the socket over. */
  close(): void {
    this.#closing.abort();
    this.#connection?.stop();
    this.#connection = undefined;
    this.#channel?.close();
    for (const set of [this.#listeners, this.#restartListeners, this.#statusListeners]) set.clear();
  }

  #lead(): void {
    this.#connection = new Connection({
      ticket: () => this.#options.ticket(),
      platform: this.#platform,
      timings: this.#options.timings ?? TIMINGS,
      position: this.#position,
      onEvent: (event) => {
        this.#tell({ kind: "event", event });
        this.#deliver(event);
      },
      onRestart: (position) => {
        this.#tell({ kind: "restart", position });
        this.#restart(position);
      },
      onStatus: (status) => {
        this.#tell({ kind: "status", status });
        this.#setStatus(status);
      },
    });
    this.#connection.follow(this.#wanted());
    this.#connection.start();
    this.#tell({ kind: "leading", position: this.#position, status: this.#status });
  }

  #told(message: TabMessage): void {
    if (this.#connection !== undefined) this.#toldAsLeader(message);
    else this.#toldAsFollower(message);
  }

  #toldAsLeader(message: TabMessage): void {
    if (message.kind === "joined") {
      this.#tell({ kind: "leading", position: this.#position, status: this.#status });
    } else if (message.kind === "following") {
      this.#shows(message.tab, message.contacts);
    } else if (message.kind === "woken") {
      this.#connection?.woken(message.wake);
    }
  }

  #toldAsFollower(message: TabMessage): void {
    switch (message.kind) {
      case "leading":
        this.#setStatus(message.status);
        this.#tell({ kind: "following", tab: this.#tab, contacts: [...this.#shown.keys()] });
        // A leader that is behind us catches up by itself.
        if (message.position !== undefined && !this.#has(message.position)) this.#restart(message.position);
        break;
      case "restart":
        if (!this.#isAt(message.position)) this.#restart(message.position);
        break;
      case "event":
        this.#hear(message.event);
        break;
      case "status":
        this.#setStatus(message.status);
        break;
      default:
    }
  }

  /** An event from the leader. Before the leader has said where we are, there is nothing to add it to. */
  #hear(event: SequencedEvent): void {
    const position = this.#position;
    if (position === undefined) return;
    if (event.epoch === position.epoch && event.seq <= position.seq) return;
    if (event.epoch === position.epoch && event.seq === position.seq + 1) this.#deliver(event);
    // A browser may drop what it had for a frozen tab.
    else this.#restart({ epoch: event.epoch, seq: event.seq });
  }

  #deliver({ epoch, seq, event }: SequencedEvent): void {
    this.#position = { epoch, seq };
    for (const listener of this.#listeners) listener(event);
  }

  #restart(position: Position): void {
    this.#position = position;
    for (const listener of this.#restartListeners) listener();
  }

  #setStatus(status: Status): void {
    this.#status = status;
    for (const listener of this.#statusListeners) listener(status);
  }

  #woken(wake: Wake): void {
    if (this.#connection !== undefined) this.#connection.woken(wake);
    else this.#tell({ kind: "woken", wake });
  }

  #showsOthers(): void {
    if (this.#connection !== undefined) this.#connection.follow(this.#wanted());
    else this.#tell({ kind: "following", tab: this.#tab, contacts: [...this.#shown.keys()] });
  }

  #shows(tab: string, contacts: string[]): void {
    if (!this.#shownElsewhere.has(tab) && this.#tabs !== undefined) {
      whenReleased(this.#tabs.locks, this.#lockOf(tab), this.#closing.signal, () => {
        this.#shownElsewhere.delete(tab);
        this.#connection?.follow(this.#wanted());
      });
    }
    this.#shownElsewhere.set(tab, contacts);
    this.#connection?.follow(this.#wanted());
  }

  #wanted(): string[] {
    return [...this.#shown.keys(), ...[...this.#shownElsewhere.values()].flat()];
  }

  #has(position: Position): boolean {
    return this.#position?.epoch === position.epoch && this.#position.seq >= position.seq;
  }

  #isAt(position: Position): boolean {
    return this.#position?.epoch === position.epoch && this.#position.seq === position.seq;
  }

  #lockOf(tab: string): string {
    return `${this.#name}:${tab}`;
  }

  #tell(message: TabMessage): void {
    if (!this.#closing.signal.aborted) this.#channel?.postMessage(message);
  }
}
