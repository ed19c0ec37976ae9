/**
 * An id that nobody else makes. `crypto.randomUUID` is there for https pages alone, and within a shop's own network
 * the page often comes over http.
 */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
