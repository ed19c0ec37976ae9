/** How a phone reaches its server, by the way it sends audio. */
import type { Schemas } from "@/api/client";

type Connection = Schemas["ConnectionRead"];

interface Transport {
  /** Host, or the whole address of a WebSocket. */
  server: string;
  port: number | null;
  label: string;
  /** The SIP address with its secret, as some apps read it from a picture. */
  uri: (name: string, secret: string) => string;
}

/** Encrypted audio needs TLS, a browser phone its WebSocket; undefined: this node offers no such way. */
export function transportOf(connection: Connection, media: string): Transport | undefined {
  if (media === "webrtc")
    return connection.wss_url ? { server: connection.wss_url, port: null, label: "WSS", uri: () => "" } : undefined;
  const [port, transport] = media === "srtp" ? [connection.tls_port, "tls"] : [connection.udp_port, "udp"];
  if (port === null) return undefined;
  return {
    server: connection.host,
    port,
    label: transport.toUpperCase(),
    uri: (name, secret) => `sip:${name}:${secret}@${connection.host}:${port};transport=${transport}`,
  };
}
