/** Larger numbers are no number of seconds but a time: epoch seconds from 2001 on, epoch milliseconds from 1973 on. */
const EPOCH_SECONDS = 1e9;
const EPOCH_MILLISECONDS = 1e11;

const DURATION = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;
const UNITS = [86_400, 3_600, 60, 1, 0.001];

/** Seconds until a limit is lifted: given as seconds, as epoch seconds or milliseconds, as a duration (`6m0s`) or as a date. */
export function secondsUntilReset(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    const at = number >= EPOCH_MILLISECONDS ? number : number >= EPOCH_SECONDS ? number * 1000 : nowMs + number * 1000;
    return secondsFrom(at, nowMs);
  }
  const parts = text === '' ? null : DURATION.exec(text);
  if (parts) {
    return Math.ceil(UNITS.reduce((sum, unit, i) => sum + unit * Number(parts[i + 1] ?? 0), 0));
  }
  const date = /[a-z]/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? undefined : secondsFrom(date, nowMs);
}

const secondsFrom = (atMs: number, nowMs: number) => Math.max(0, Math.ceil((atMs - nowMs) / 1000));
