"""Speech to text on this machine, in a child process of the media worker."""
