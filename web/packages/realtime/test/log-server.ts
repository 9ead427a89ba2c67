import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type { RealtimeEvent } from "../src/index.ts";
import { noted } from "./noted.ts";

/** A log of one user behind real sockets: what docs/REALTIME.md promises, with the faults that it allows for. */
export class LogServer {
  readonly #server: WebSocketServer;
  readonly #sockets = new Set<WebSocket>();
  readonly #silent = new WeakSet<WebSocket>();
  readonly #log: RealtimeEvent[] = [];
  readonly #waiting: (() => void)[] = [];
  /** Frames that clients sent, in their order. */
  readonly frames: Record<string, unknown>[] = [];
  epoch = "epoch-1";
  /** The oldest entry that can be replayed. */
  oldest = 1;
  /** Handshakes that are refused before the next is taken. */
  refusals = 0;
  tickets = 0;
  connections = 0;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket) => this.#connected(socket));
  }

  static async start(): Promise<LogServer> {
    const holder: { server?: LogServer } = {};
    const sockets = new WebSocketServer({
      port: 0,
      host: "127.0.0.1",
      verifyClient: () => (holder.server === undefined ? false : holder.server.#takes()),
    });
    const server = new LogServer(sockets);
    holder.server = server;
    await once(sockets, "listening");
    return server;
  }

  get ticket(): { ticket: string; url: string } {
    this.tickets += 1;
    const { port } = this.#server.address() as AddressInfo;
    return { ticket: `ticket-${this.tickets}`, url: `ws://127.0.0.1:${port}` };
  }

  get length(): number {
    return this.#log.length;
  }

  get open(): number {
    return this.#sockets.size;
  }

  /** Puts an event into the log without telling anybody. */
  write(contact = "con_a"): number {
    const seq = this.#log.length + 1;
    this.#log.push(noted(seq, contact));
    return seq;
  }

  /** Sends entries to every socket, in the given order. */
  push(...entries: number[]): void {
    for (const socket of this.#sockets) for (const seq of entries) this.#sendEvent(socket, seq);
  }

  /** Begins a new log: what clients know of the old one is worth nothing. */
  startOver(epoch: string): void {
    this.epoch = epoch;
    this.#log.length = 0;
    this.oldest = 1;
  }

  cut(code: number): void {
    for (const socket of this.#sockets) socket.close(code);
  }

  /** The network drops what is sent from now on, both ways, and tells nobody. */
  fallSilent(): void {
    for (const socket of this.#sockets) this.#silent.add(socket);
  }

  /** Resolves once `condition` holds; it is looked at whenever something has come from a client. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async stop(): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
    await once(this.#server, "close");
  }

  #takes(): boolean {
    if (this.refusals === 0) return true;
    this.refusals -= 1;
    this.#wake();
    return false;
  }

  #connected(socket: WebSocket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on("message", (data) => this.#said(socket, JSON.parse(String(data))));
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#wake();
    });
    this.#wake();
  }

  #said(socket: WebSocket, frame: Record<string, unknown>): void {
    if (this.#silent.has(socket)) return;
    this.frames.push(frame);
    if (frame.type === "resume") this.#resume(socket, frame);
    if (frame.type === "subscribe") this.#send(socket, { type: "subscribed", contact_id: frame.contact_id });
    this.#wake();
  }

  #resume(socket: WebSocket, frame: Record<string, unknown>): void {
    const seq = this.#log.length;
    this.#send(socket, { type: "hello", epoch: this.epoch, seq });
    if (typeof frame.last_seq !== "number") return;
    const last = frame.last_seq;
    if (frame.epoch !== this.epoch || last > seq || last + 1 < this.oldest) {
      this.#send(socket, { type: "reset", epoch: this.epoch });
      return;
    }
    for (let entry = last + 1; entry <= seq; entry += 1) this.#sendEvent(socket, entry);
  }

  #sendEvent(socket: WebSocket, seq: number): void {
    this.#send(socket, { type: "event", epoch: this.epoch, seq, event: this.#log[seq - 1] });
  }

  #send(socket: WebSocket, frame: unknown): void {
    if (socket.readyState === WebSocket.OPEN && !this.#silent.has(socket)) socket.send(JSON.stringify(frame));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
