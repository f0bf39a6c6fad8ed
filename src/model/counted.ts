/** `1 step`, `3 steps`; a noun with a plural of its own brings it. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
