import { useCallback, useEffect, useRef, useState } from "react";

export interface Audio {
  /** Seconds from the beginning. */
  time: number;
  playing: boolean;
  /** The sound is on its way. */
  loading: boolean;
  speed: number;
  setSpeed: (speed: number) => void;
  seek: (seconds: number) => void;
  pause: () => void;
  /** Fetches the sound at the first time. @throws ApiProblem */
  playFrom: (seconds: number) => Promise<void>;
  fetched: () => Promise<Blob>;
}

/** A sound that is fetched when it is first wanted. `onPlay` is told of that once. */
export function useAudio(fetchSound: () => Promise<Blob>, onPlay?: () => void): Audio {
  const element = useRef<HTMLAudioElement | null>(null);
  const file = useRef<Promise<Blob> | null>(null);
  const [time, setTime] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [loading, setLoading] = useState(false);
  const [speed, setSpeed] = useState(1);

  useEffect(
    () => () => {
      element.current?.pause();
      if (element.current) URL.revokeObjectURL(element.current.src);
    },
    [],
  );
  useEffect(() => {
    if (element.current) element.current.playbackRate = speed;
  }, [speed]);

  function fetched(): Promise<Blob> {
    file.current ??= fetchSound().catch((error) => {
      file.current = null;
      throw error;
    });
    return file.current;
  }

  async function loaded(): Promise<HTMLAudioElement> {
    if (element.current) return element.current;
    setLoading(true);
    try {
      const audio = new Audio(URL.createObjectURL(await fetched()));
      audio.playbackRate = speed;
      audio.ontimeupdate = () => setTime(audio.currentTime);
      audio.onplay = () => setPlaying(true);
      audio.onpause = () => setPlaying(false);
      element.current = audio;
      onPlay?.();
      return audio;
    } finally {
      setLoading(false);
    }
  }

  const seek = useCallback((seconds: number) => {
    if (element.current) element.current.currentTime = seconds;
    setTime(seconds);
  }, []);
  return {
    time,
    playing,
    loading,
    speed,
    setSpeed,
    seek,
    pause: () => element.current?.pause(),
    playFrom: async (seconds) => {
      const audio = await loaded();
      audio.currentTime = seconds;
      await audio.play();
    },
    fetched,
  };
}
