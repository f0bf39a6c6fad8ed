/** What terminals and browsers act on, and what people cannot see. */
export const hostile: readonly (readonly [string, string])[] = [
  ["clears the screen", "\u001b[2J\u001b[H"],
  ["moves up and overwrites a line", "\u001b[1A\u001b[2Kall good"],
  ["hides text", "\u001b[8mhidden\u001b[0m"],
  ["sets the title", "\u001b]0;title\u0007"],
  ["sets the title, ended by ST", "\u001b]2;title\u001b\\"],
  ["links elsewhere", "\u001b]8;;https://other.example\u001b\\safe.example\u001b]8;;\u001b\\"],
  ["writes the clipboard", "\u001b]52;c;cm0gLXJm\u0007"],
  ["asks for an answer on stdin", "\u001b[6n"],
  ["asks what the terminal is", "\u001b[c"],
  ["sends a device control string", "\u001bP$qm\u001b\\"],
  ["defines a macro", "\u001bP0;1;0!zabc\u001b\\"],
  ["sends a privacy message", "\u001b^secret\u001b\\"],
  ["sends an application command", "\u001b_run\u001b\\"],
  ["switches the character set", "\u001b(0lqqk\u001b(B"],
  ["resets the terminal", "\u001bc"],
  ["uses CSI as one character", "\u009b31mred"],
  ["uses OSC as one character", "\u009d0;title\u009c"],
  ["returns the carriage", "password denied\rpassword accepted"],
  ["rubs out by backspace", "no\b\byes"],
  ["rubs out by delete", "no\u007f\u007fyes"],
  ["rings the bell", "\u0007"],
  ["holds a null", "a\u0000b"],
  ["turns text round", "abc\u202egnp.exe"],
  ["isolates text", "\u2066// check\u2069 if"],
  ["smuggles tags", "hello\u{e0049}\u{e0067}\u{e007f}"],
  ["is zero wide", "ad\u200bmin\u200d\u2060\ufeff"],
  ["fills with nothing", "a\u3164b\u115f\u00ad"],
  ["is half a pair, or an odd line end", "a\ud800b\udc00c\u2028d\u2029"],
];

/** Whether a terminal or a browser would act on the text, worked out apart from the product's own list. */
export function isUnsafe(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 && code !== 9 && code !== 10) return true;
    if (code >= 0x7f && code <= 0x9f) return true;
    if (code >= 0x200b && code <= 0x200f) return true;
    if (code >= 0x2028 && code <= 0x202e) return true;
    if (code >= 0x2060 && code <= 0x206f) return true;
    if (code >= 0xd800 && code <= 0xdfff) return true;
    if (code >= 0xe0000 && code <= 0xe0fff) return true;
    if ([0xad, 0x61c, 0x115f, 0x180e, 0x3164, 0xfeff].includes(code)) return true;
  }
  return false;
}
