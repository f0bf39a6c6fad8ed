/** Command lines for people: what a step does, to be typed by hand where there is no runwright. */

/** One line; what is undefined is left out. Values are quoted, as a shell reads them. */
export function commandLine(...words: readonly (string | number | undefined)[]): string {
  return words
    .filter((word) => word !== undefined)
    .map(shellWord)
    .join(" ");
}

/** A call of the AWS command line, such as `ecs update-service`; of a flag without a value it is told whether it stands there. */
export function awsLine(
  command: string,
  flags: Readonly<Record<string, string | boolean | undefined>>,
): string {
  const words = Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [`--${name}`] : [`--${name}`, value];
  });
  return commandLine("aws", ...command.split(" "), ...words);
}

/** What a secret is called in a shell: by its variable, or by its file. It is never in the line itself. */
function secretWord(reference: string): string {
  const at = reference.indexOf(":");
  const [how, where] = [reference.slice(0, at), reference.slice(at + 1)];
  if (how === "env") return `$${where}`;
  return how === "file" ? `$(cat ${shellWord(where)})` : "$SECRET";
}

/** In double quotes, so that a secret's variable in it is filled in; all else stays as it is. */
export function withSecret(before: string, reference: string): string {
  return `"${before.replaceAll(/["\\$`]/g, "\\$&")}${secretWord(reference)}"`;
}

export function shellWord(word: string | number): string {
  const text = String(word);
  return /^[\w./:=@%+,~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
