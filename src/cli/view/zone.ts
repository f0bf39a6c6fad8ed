import { utcClock, utcDay } from "../../model/time-text.ts";

/** Moments of the record as a reader wants them: in UTC, or in the time zone of this machine. */
export interface Zone {
  /** `UTC`, or for example `Europe/Berlin, UTC+2`. */
  readonly name: string;
  /** `2025-10-07` */
  readonly day: (at: string) => string;
  /** `13:51:04` */
  readonly time: (at: string) => string;
}

export const utcZone: Zone = {
  name: "UTC",
  day: utcDay,
  time: utcClock,
};

/** The zone that `TZ` or the system names; its distance from UTC is that of the given moment. */
export function localZone(at: string): Zone {
  return {
    name: `${Intl.DateTimeFormat().resolvedOptions().timeZone}, ${distance(new Date(at))}`,
    day: (text) => {
      const date = new Date(text);
      return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    },
    time: (text) => {
      const date = new Date(text);
      return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
    },
  };
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function distance(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const sign = minutes < 0 ? "-" : "+";
  return `UTC${sign}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}
