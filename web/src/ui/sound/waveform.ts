/** The drawn sound: wavesurfer with the theme's colours, in a chunk of its own. */
import { useColorScheme } from "@mui/material/styles";
import { type RefObject, useEffect, useRef } from "react";
import WaveSurfer from "wavesurfer.js";
import type { Schemas } from "@/api/client";

const HEIGHT = 40; // pixels per channel

function colours(): { waveColor: string; progressColor: string; cursorColor: string } {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--mui-palette-${name}`).trim();
  return {
    waveColor: colour("text-secondary"),
    progressColor: colour("primary-main"),
    cursorColor: colour("primary-main"),
  };
}

function options(container: HTMLElement, peaks: Schemas["Peaks"]) {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
  return {
    ...colours(),
    container,
    height: HEIGHT,
    normalize: true,
    cspNonce: nonce,
    peaks: peaks.channels.map((channel) => channel.map((percent) => percent / 100)),
    duration: peaks.duration_s,
    splitChannels: peaks.channels.length > 1 ? peaks.channels.map(() => ({ height: HEIGHT })) : undefined,
  };
}

/** Draws into `container` what `media` plays. `onSeek`: somebody clicked into the drawing. */
export function useWaveform(
  container: RefObject<HTMLElement | null>,
  peaks: Schemas["Peaks"] | undefined,
  onSeek: (seconds: number) => void,
): { show: (seconds: number) => void } {
  const drawn = useRef<WaveSurfer | null>(null);
  const seek = useRef(onSeek);
  seek.current = onSeek;
  const { colorScheme } = useColorScheme();

  useEffect(() => {
    if (!container.current || !peaks?.duration_s) return;
    const waveform = WaveSurfer.create(options(container.current, peaks));
    waveform.on("interaction", (time) => seek.current(time));
    drawn.current = waveform;
    return () => {
      drawn.current = null;
      waveform.destroy();
    };
  }, [container, peaks]);
  useEffect(() => {
    if (colorScheme) drawn.current?.setOptions(colours());
  }, [colorScheme]);

  return useRef({ show: (seconds: number) => drawn.current?.setTime(seconds) }).current;
}
