/** `2026-11-22 14:05:09` of an RFC 3339 time, in UTC. */
export function time(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : new Date(text).toISOString().slice(0, 19).replace('T', ' ');
}

/** `1 h 5 min`, `42 s`: the two largest units. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** `1 device`, `2 devices`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
