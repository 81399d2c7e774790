// The live connection: opens, opens again with growing pauses, and notices when the other side has fallen silent.
import { hear } from "./clock.ts";
import type { Message, Said } from "./types.ts";

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 8_000;
const PING_EVERY = 15_000;
const SILENCE_LIMIT = 40_000;
const SESSION_OVER = 4401;

export interface Listener {
  onMessage(message: Message): void;
  onOpen(): void;
  onLost(): void;
  onSessionOver(): void;
}

export class LiveConnection {
  private socket: WebSocket | null = null;
  private pause = FIRST_PAUSE;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pinging: ReturnType<typeof setInterval> | undefined;
  private heardAt = 0;
  private ended = false;
  private readonly listener: Listener;

  constructor(listener: Listener) {
    this.listener = listener;
    this.open();
  }

  say(said: Said): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(said));
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.retry);
    this.drop();
  }

  private open(): void {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws`);
    this.socket = socket;
    socket.onmessage = (event) => this.hear(JSON.parse(event.data as string) as Message);
    socket.onclose = (event) => this.lost(event.code);
    this.heardAt = Date.now();
    this.pinging = setInterval(() => this.ping(), PING_EVERY);
  }

  private hear(message: Message): void {
    this.heardAt = Date.now();
    hear(message.now, message.kind === "hello");
    if (message.kind === "hello") {
      this.pause = FIRST_PAUSE;
      this.listener.onOpen();
    }
    this.listener.onMessage(message);
  }

  private ping(): void {
    if (Date.now() - this.heardAt > SILENCE_LIMIT) this.lost(0);
    else this.say({ kind: "ping" });
  }

  private lost(code: number): void {
    this.drop();
    if (this.ended) return;
    if (code === SESSION_OVER) {
      this.ended = true;
      this.listener.onSessionOver();
      return;
    }
    this.listener.onLost();
    // The spread keeps a whole office from coming back in the same instant.
    this.retry = setTimeout(() => this.open(), this.pause * (0.7 + 0.6 * Math.random()));
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  private drop(): void {
    clearInterval(this.pinging);
    if (!this.socket) return;
    this.socket.onclose = this.socket.onmessage = null;
    this.socket.close();
    this.socket = null;
  }
}
