/** The SIP side of the softphone: registers, makes and takes calls. What it knows is read through `usePhone`. */
import { C, UA, WebSocketInterface } from "jssip";
import type { EndEvent, RTCSession } from "jssip/lib/RTCSession";
import type { RTCSessionEvent } from "jssip/lib/UA";
import type { PhoneCall, PhoneListener, PhoneState } from "./calls";
import { type Counts, count, qualityBetween } from "./quality";
import type { Account } from "./queries";
import { adjust, MicrophoneProblem, openMicrophone, play, type SoundChoice } from "./sound";

interface Line {
  call: PhoneCall;
  session: RTCSession;
  microphone: MediaStream | null;
  speaker: HTMLAudioElement | null;
  counts: Counts | null;
}

/** What JsSIP has and its types leave out. */
type Transported = UA & { transport: { connect(): void } };

const LOOK_MS = 2000;
const PC_CONFIG: RTCConfiguration = { iceServers: [] }; // Asterisk is on the same network or has a public address

function close(microphone: MediaStream | null | undefined): void {
  for (const track of microphone?.getTracks() ?? []) track.stop();
}

/** One registration and its calls. */
export class BrowserPhone {
  private readonly ua: UA;
  private readonly lines = new Map<string, Line>();
  private readonly watchers = new Set<() => void>();
  private readonly looking: ReturnType<typeof setInterval>;
  private state: PhoneState = { registration: "connecting", calls: [] };
  private shown: string | null = null;

  constructor(
    private readonly account: Account,
    private sound: SoundChoice,
    private readonly listener: PhoneListener,
  ) {
    this.ua = new UA({
      sockets: [new WebSocketInterface(account.wss_url)],
      uri: `sip:${account.sip_user}@${account.domain}`,
      password: account.secret,
      display_name: account.display_name,
      register_expires: 120,
      session_timers: false,
      connection_recovery_max_interval: 15,
    });
    this.ua.on("registered", () => this.change({ registration: "registered" }));
    this.ua.on("registrationFailed", ({ response }) =>
      this.change({ registration: response ? "refused" : "unreachable" }),
    );
    this.ua.on("disconnected", () => this.change({ registration: "unreachable" }));
    this.ua.on("newRTCSession", (event: RTCSessionEvent) => this.take(event));
    this.ua.start();
    this.looking = setInterval(() => this.look(), LOOK_MS);
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  readonly now = (): PhoneState => this.state;

  /** Ends its calls and its registration. */
  stop(): void {
    clearInterval(this.looking);
    this.ua.stop();
  }

  choose(sound: SoundChoice): void {
    const another = sound.microphone !== this.sound.microphone;
    this.sound = sound;
    for (const line of this.lines.values()) {
      if (line.speaker) adjust(line.speaker, sound);
      if (another && line.microphone) this.speakInto(line);
    }
  }

  /** Which of our numbers the next called person sees; null: the usual one. */
  showAs(number: string | null): void {
    this.shown = number;
  }

  /** Connects at once instead of waiting for the next try. Calls go on meanwhile: their sound takes another way. */
  retry(): void {
    this.change({ registration: "connecting" });
    if (!this.lines.size) {
      this.ua.stop();
      this.ua.start();
    } else if (this.ua.isConnected()) this.ua.register();
    else (this.ua as Transported).transport.connect();
  }

  async dial(number: string): Promise<void> {
    const microphone = await this.microphone();
    if (!microphone) return;
    this.holdOthers(null);
    const session = this.ua.call(`sip:${number}@${this.account.domain}`, {
      mediaStream: microphone,
      pcConfig: PC_CONFIG,
      extraHeaders: this.shown ? [`X-Show-Number: ${this.shown}`] : [],
    });
    const line = this.lines.get(session.id);
    if (line) line.microphone = microphone;
    else close(microphone); // it failed at once
  }

  async answer(id: string): Promise<void> {
    const line = this.lines.get(id);
    const microphone = line && (await this.microphone());
    if (!line || !microphone) return;
    if (this.lines.get(id) !== line || line.microphone) {
      close(microphone); // while the browser asked the caller hung up, or the answer was pressed twice
      return;
    }
    this.holdOthers(id);
    line.microphone = microphone;
    line.session.answer({ mediaStream: microphone, pcConfig: PC_CONFIG });
  }

  /** Declines what rings, hangs up what talks. */
  hangUp(id: string): void {
    const line = this.lines.get(id);
    if (!line || line.session.isEnded()) return;
    const declines = line.call.incoming && !line.session.isEstablished();
    line.session.terminate(declines ? { status_code: 486 } : {});
  }

  mute(id: string, muted: boolean): void {
    const session = this.lines.get(id)?.session;
    if (muted) session?.mute({ audio: true });
    else session?.unmute({ audio: true });
    this.set(id, { muted });
  }

  hold(id: string, held: boolean): void {
    if (!held) this.holdOthers(id);
    const session = this.lines.get(id)?.session;
    if (held) session?.hold();
    else session?.unhold();
  }

  sendDigit(id: string, digit: string): void {
    this.lines.get(id)?.session.sendDTMF(digit, { transportType: C.DTMF_TRANSPORT.RFC2833 });
  }

  /** Sends the caller on. With `consulted` the two of them are connected, else the number is called. */
  transfer(id: string, target: string, consulted?: string): void {
    const line = this.lines.get(id);
    const other = consulted ? this.lines.get(consulted)?.session : undefined;
    line?.session.refer(other ? other.remote_identity.uri : `sip:${target}@${this.account.domain}`, {
      ...(other ? { replaces: other } : {}),
      eventHandlers: {
        accepted: () => {
          this.listener.transferred(true);
          this.hangUp(id);
        },
        failed: () => this.listener.transferred(false),
        requestFailed: () => this.listener.transferred(false),
      },
    });
  }

  private take({ session, originator }: RTCSessionEvent): void {
    const incoming = originator === "remote";
    const { uri, display_name } = session.remote_identity;
    const call: PhoneCall = {
      id: session.id,
      incoming,
      number: uri.user ?? "",
      name: display_name ?? "",
      state: incoming ? "ringing" : "dialing",
      muted: false,
      answeredAt: null,
      quality: null,
    };
    this.lines.set(call.id, { call, session, microphone: null, speaker: null, counts: null });
    const hear = (connection: RTCPeerConnection) => this.hear(call.id, connection);
    if (session.connection) hear(session.connection);
    else session.on("peerconnection", ({ peerconnection }) => hear(peerconnection));
    session.on("progress", () => !incoming && this.set(call.id, { state: "ringing" }));
    session.on("accepted", () => this.set(call.id, { state: "talking", answeredAt: Date.now() }));
    session.on("hold", () => this.setHold(call.id));
    session.on("unhold", () => this.setHold(call.id));
    session.on("ended", () => this.end(call.id));
    session.on("failed", (event: EndEvent) => this.fail(call.id, event));
    this.change();
  }

  private hear(id: string, connection: RTCPeerConnection): void {
    connection.addEventListener("track", ({ track }) => {
      const line = this.lines.get(id);
      if (line && track.kind === "audio") line.speaker = play(new MediaStream([track]), this.sound);
    });
  }

  private async microphone(): Promise<MediaStream | null> {
    try {
      return await openMicrophone(this.sound);
    } catch (problem) {
      if (problem instanceof MicrophoneProblem) this.listener.microphone(problem);
      return null;
    }
  }

  /** Goes on speaking through the microphone that was chosen meanwhile. */
  private async speakInto(line: Line): Promise<void> {
    const { session, call } = line;
    const wanted = this.sound.microphone;
    const chosen = await this.microphone();
    const track = chosen?.getAudioTracks()[0];
    if (!chosen || !track) return;
    const sender = session.connection.getSenders().find((one) => one.track?.kind === "audio");
    if (!sender || !this.lines.has(call.id) || this.sound.microphone !== wanted) {
      track.stop(); // the call ended, or yet another was chosen
      return;
    }
    track.enabled = sender.track?.enabled ?? true;
    await sender.replaceTrack(track);
    if (!this.lines.has(call.id)) {
      track.stop();
      return;
    }
    track.enabled = !session.isMuted().audio && !session.isOnHold().local; // which may have changed meanwhile
    close(line.microphone);
    line.microphone = chosen;
  }

  private holdOthers(id: string | null): void {
    for (const { session } of this.lines.values())
      if (session.id !== id && session.isEstablished() && !session.isOnHold().local) session.hold();
  }

  private setHold(id: string): void {
    const session = this.lines.get(id)?.session;
    if (session?.isEstablished()) this.set(id, { state: session.isOnHold().local ? "held" : "talking" });
  }

  private fail(id: string, { cause, originator }: EndEvent): void {
    const line = this.lines.get(id);
    this.end(id);
    if (!line) return;
    const ownHand = originator === "local" && (cause === C.causes.CANCELED || cause === C.causes.REJECTED);
    const wanted = !line.call.incoming || line.microphone !== null;
    if (wanted && !ownHand) this.listener.failed(cause);
  }

  private end(id: string): void {
    const line = this.lines.get(id);
    close(line?.microphone);
    line?.speaker?.pause();
    this.lines.delete(id);
    this.change();
  }

  private look(): void {
    for (const [id, line] of this.lines)
      if (line.session.isEstablished())
        count(line.session.connection).then((counts) => {
          const quality = qualityBetween(line.counts, counts);
          line.counts = counts;
          this.set(id, { quality });
        });
  }

  private set(id: string, news: Partial<PhoneCall>): void {
    const line = this.lines.get(id);
    if (line) line.call = { ...line.call, ...news };
    this.change();
  }

  private change(news: Partial<PhoneState> = {}): void {
    this.state = { ...this.state, ...news, calls: [...this.lines.values()].map(({ call }) => call) };
    for (const watcher of this.watchers) watcher();
  }
}
