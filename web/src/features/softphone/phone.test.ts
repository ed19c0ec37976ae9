import { beforeEach, expect, it, vi } from "vitest";
import { BrowserPhone } from "./phone";
import type { Account } from "./queries";
import { openMicrophone, type SoundChoice } from "./sound";

type Handler = (event?: object) => void;
const ua = {
  on: (name: string, handler: Handler) => heard.set(name, handler),
  start: vi.fn(),
  stop: vi.fn(),
  register: vi.fn(),
  isConnected: vi.fn(() => false),
  transport: { connect: vi.fn() },
};
const heard = new Map<string, Handler>();

vi.mock("jssip", () => ({
  C: { causes: { CANCELED: "Canceled", REJECTED: "Rejected" } },
  UA: class {
    constructor() {
      Object.assign(this, ua);
    }
  },
  WebSocketInterface: class {},
}));
vi.mock("./sound", () => ({ openMicrophone: vi.fn(), MicrophoneProblem: class {} }));

const listener = { microphone: vi.fn(), failed: vi.fn(), transferred: vi.fn() };
const track = { stop: vi.fn() };
const microphone = { getTracks: () => [track] } as unknown as MediaStream;

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(openMicrophone).mockResolvedValue(microphone);
});

const phoneOfAda = () => new BrowserPhone({ wss_url: "wss://pbx/ws" } as Account, {} as SoundChoice, listener);

/** Somebody rings. */
function ring() {
  const told = new Map<string, Handler>();
  const session = {
    id: "one",
    remote_identity: { uri: { user: "701" }, display_name: "Bob" },
    on: (name: string, handler: Handler) => told.set(name, handler),
    answer: vi.fn(),
    isEstablished: () => false,
  };
  heard.get("newRTCSession")?.({ session, originator: "remote" });
  return { session, fail: (cause: string, originator: string) => told.get("failed")?.({ cause, originator }) };
}

it("connects anew without ending the calls that go on", () => {
  const phone = phoneOfAda();
  ring();
  phone.retry();
  expect(ua.transport.connect).toHaveBeenCalledOnce();
  ua.isConnected.mockReturnValueOnce(true);
  phone.retry();
  expect(ua.register).toHaveBeenCalledOnce();
  expect(ua.stop).not.toHaveBeenCalled();
  phone.stop();
});

it("gives the microphone back when the caller hangs up while the browser asks for it", async () => {
  const phone = phoneOfAda();
  const { session, fail } = ring();
  const answering = phone.answer("one");
  fail("Canceled", "remote");
  await answering;
  expect(track.stop).toHaveBeenCalledOnce();
  expect(session.answer).not.toHaveBeenCalled();
  phone.stop();
});

it("answers once, however often that is pressed", async () => {
  const phone = phoneOfAda();
  const { session } = ring();
  await Promise.all([phone.answer("one"), phone.answer("one")]);
  expect(session.answer).toHaveBeenCalledOnce();
  expect(track.stop).toHaveBeenCalledOnce();
  phone.stop();
});

it.each([
  ["WebRTC Error", "system", true],
  ["Canceled", "remote", true],
  ["Rejected", "local", false],
])("tells of an answer that failed, if not by one's own hand: %s by %s", async (cause, originator, told) => {
  const phone = phoneOfAda();
  const { fail } = ring();
  await phone.answer("one");
  fail(cause, originator);
  expect(listener.failed.mock.calls).toEqual(told ? [[cause]] : []);
  phone.stop();
});

it("tells nothing of a call that nobody answered", () => {
  const phone = phoneOfAda();
  ring().fail("Canceled", "remote");
  expect(listener.failed).not.toHaveBeenCalled();
  phone.stop();
});
