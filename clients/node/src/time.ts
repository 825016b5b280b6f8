// The clock, and ends to waiting. May use nothing.

/** The longest time of a timer, in milliseconds; of more than that Node makes 1. */
export const LONGEST = 2 ** 31 - 1;

/**
 * Microseconds since 1970-01-01 UTC. The clock has milliseconds, and is asked each time: it may be set,
 * and machines sleep. The rest tells happenings of one millisecond apart.
 */
export function now(): bigint {
  return BigInt(Date.now()) * 1000n + BigInt(Math.floor(performance.now() * 1000) % 1000);
}

/** What the work gives, or this error when its end, by the clock's milliseconds, comes first. */
export async function inTime<T>(work: Promise<T>, end: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), Math.min(Math.max(end - Date.now(), 0), LONGEST));
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}
