import { expect, it } from "vitest";
import { transportOf } from "./connection";

const connection = { host: "pbx.example", udp_port: 5060, tcp_port: 5060, tls_port: 5061, wss_url: "wss://p:8089/ws" };

it("encrypted audio goes with TLS, and a node without it offers none", () => {
  expect(transportOf(connection, "rtp")).toMatchObject({ server: "pbx.example", port: 5060, label: "UDP" });
  expect(transportOf(connection, "srtp")?.uri("desk", "s3cret")).toBe("sip:desk:s3cret@pbx.example:5061;transport=tls");
  expect(transportOf(connection, "webrtc")).toMatchObject({ server: "wss://p:8089/ws", port: null });
  expect(transportOf({ ...connection, tls_port: null, wss_url: null }, "srtp")).toBeUndefined();
  expect(transportOf({ ...connection, wss_url: null }, "webrtc")).toBeUndefined();
});
