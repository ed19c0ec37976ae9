// @vitest-environment jsdom
import { matchRoutes } from "react-router";
import { expect, it } from "vitest";
import { features } from ".";

const SOURCES = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.*"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const LINK = /(?:\bto=\{?|\bpath(?:=\{?|: )|navigate\()["`](\/(?!api\/)[^"`]*)["`]/g;

it("leads nowhere but to pages that are there", () => {
  const routes = features.flatMap((feature) => feature.routes);
  const links = Object.values(SOURCES).flatMap((source) => [...source.matchAll(LINK)].map(([, link]) => link ?? ""));
  expect(links.length).toBeGreaterThan(40);
  const dead = links.filter((link) => !matchRoutes(routes, link.replaceAll(/\$\{[^}]*\}/g, "any")));
  expect(dead).toEqual([]);
});
